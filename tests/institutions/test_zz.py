import glob, pytest
from institutions.imports.workbook import read_workbook
from institutions.imports.plan import make_plan
from institutions.models import Division
@pytest.mark.django_db
def test_all():
    for f in sorted(glob.glob('/work/shared/cases/intake/*')):
        if f.endswith('cases.csv'): continue
        name=f.split('/')[-1]
        print('=====',name)
        try:
            plan=make_plan(read_workbook(__import__('pathlib').Path(f).read_bytes(),name), Division.objects.get(pk='330382'))
        except Exception as e:
            if 'Unreadable' in type(e).__name__:
                print('   !!',e); continue
            raise
        for r in plan.rows: print('  ',r.sheet,r.row,r.kind,{k:str(v) for k,v in r.columns.items() if v not in ('',None)},[ (l.kind,l.number,str(l.valid_from),str(l.valid_to)) for l in r.licences])
        for what in ('errors','warnings','duplicates'):
            for e in getattr(plan,what): print('   ',what[0].upper(),e)
        for q in plan.questions: print('    Q',q.key,q.scope,q.rows,q.default)
        for q in plan.not_read: print('    -',q)
