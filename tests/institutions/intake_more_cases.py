"""What each file of intake_more/ must give, worked out by hand.

`rows` are the institutions, name@township and the columns that matter; `errors` the cells that hold the file up, `asked`
the questions (with =default where they have one), `warned` and `unread` what must be said among other things, `after` a
file that is imported before, `answers` what is answered, `alike` rows that may be on file already, `refused` a part of
the sentence with which the whole file is refused.
"""

from typing import Any

CASES: dict[str, dict[str, Any]] = {
    "D_full_width.xlsx": {
        "what": "full-width everything, zero-width signs",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号(二层); tel=13800000001; n=50",
            "青竹教育@虹桥镇; addr=A座 301; tel=0577-62000000; n=60",
        ],
    },
    "D_ledger.xlsx": {
        "what": "a ledger with problems",
        "rows": ["绘声馆@柳市镇; day=2018-09-03; status=none", "青竹教育@虹桥镇; status=registration_only"],
        "unread": ["存在问题", "整改情况", "完成日期"],
    },
    "D_masked.xlsx": {
        "what": "masked persons and telephones",
        "rows": ["绘声馆@柳市镇; who=; tel="],
        "warned": ["2 负责人", "2 联系电话"],
    },
    "D_names_of_two_lines.xlsx": {
        "what": "line breaks in names",
        "rows": ["乐清市晨曦教育培训中心@柳市镇; who=赵某"],
        "asked": ["name:2"],
    },
    "D_periods.xlsx": {
        "what": "periods in many shapes",
        "rows": [
            "甲教育@柳市镇; permit=教民133038200000001号(2017-09-01至2020-08-31)",
            "乙教育@柳市镇; permit=教民133038200000002号(2017-09-01至2020-08-31)",
            "丙教育@柳市镇; permit=教民133038200000003号(2017-09-01至2020-08-31)",
            "丁教育@柳市镇; permit=教民133038200000004号(2017-09-01至2020-08-31)",
            "戊教育@柳市镇; permit=教民133038200000005号(2017-09-01至长期)",
        ],
        "errors": ["7 许可证有效期", "8 许可证有效期", "9 许可证有效期", "10 许可证有效期"],
    },
    "D_positions.xlsx": {
        "what": "longitudes and latitudes: right, exchanged, in minutes, Beijing, half",
        "rows": ["绘声馆@柳市镇; lon=120.87"],
        "errors": ["3 纬度", "4 经度", "4 纬度", "5 经度", "6 经度"],
    },
    "D_same_twice.xlsx": {
        "what": "rows twice in a file",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇"],
        "errors": ["4 统一社会信用代码", "5 机构名称"],
    },
    "K10_campuses_in_one_file.xlsx": {
        "what": "three campuses under one code",
        "rows": [
            "晨曦教育(柳市校区)@柳市镇; code=91330382MA0000005Y; kind=new",
            "晨曦教育(虹桥校区)@虹桥镇; code=91330382MA0000005Y; kind=new",
            "晨曦教育@乐成街道; code=91330382MA0000005Y; kind=new",
        ],
        "warned": ["3 统一社会信用代码"],
    },
    "K10_campuses_same_name.xlsx": {
        "what": "one name and code at two addresses of one file",
        "rows": ["晨曦教育@柳市镇; addr=井巷路1号", "晨曦教育@虹桥镇; addr=东大路9号"],
        "warned": ["3 统一社会信用代码"],
    },
    "K10_id_numbers.xlsx": {
        "what": "ID-card numbers anywhere",
        "errors": ["2 负责人", "3 联系电话", "4 备注", "5 身份证号"],
    },
    "K10_old_numbers.xlsx": {
        "what": "old registration numbers, a permit in the code column, small letters, O for 0",
        "rows": [
            "甲教育@柳市镇; code=330382600012345",
            "乙教育@柳市镇; code=浙乐民证字第010123号",
            "丙教育@柳市镇; code=事证第133038200123号",
            "丁教育@柳市镇; code=3303822000123",
            "己教育@柳市镇; code=91330382MA0000003Q",
        ],
        "errors": ["6 统一社会信用代码", "8 统一社会信用代码"],
        "warned": ["2 统一社会信用代码", "3 统一社会信用代码"],
    },
    "K10_same_code_again.xlsx": {
        "what": "the same three a month later",
        "rows": [
            "晨曦教育(柳市校区)@柳市镇; kind=unchanged",
            "晨曦教育(虹桥校区)@虹桥镇; kind=unchanged",
            "晨曦教育@乐成街道; kind=unchanged",
        ],
        "after": ["K10_campuses_in_one_file.xlsx"],
    },
    "K11_bar.txt": {
        "what": "text divided by bar",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号 2楼; tel=0577-62000000",
        ],
    },
    "K11_chinese_separators_in_cells.csv": {
        "what": "Chinese commas within cells divide nothing",
        "rows": ["绘声馆@柳市镇; addr=井巷路1号,2号,3号,4号,5号; who=王某", "青竹教育@柳市镇; who=李某"],
    },
    "K11_cr_only.csv": {
        "what": "old Mac line ends",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号,2楼; tel=0577-62000000",
        ],
    },
    "K11_gb18030.csv": {
        "what": "text in gb18030",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号,2楼; tel=0577-62000000",
        ],
    },
    "K11_private_signs.csv": {
        "what": "two signs without a code",
        "rows": ["绘声\ue863馆@柳市镇"],
        "warned": ["0 "],
    },
    "K11_prn.txt": {
        "what": "columns made of spaces",
        "refused": "没有找到",
    },
    "K11_quoted_line_breaks.csv": {
        "what": "line breaks and doubled quotes in cells",
        "rows": ["绘声馆(原青竹)@柳市镇; addr=井巷路105号", '青"竹"教育@柳市镇'],
    },
    "K11_quotes_unclosed.csv": {
        "what": "a quote that nothing closes",
        "rows": ['绘声馆@柳市镇; addr="井巷路105号二层', "青竹教育@虹桥镇; addr=三八路6号"],
        "warned": ["0 "],
    },
    "K11_ragged.csv": {
        "what": "rows too long and too short",
        "rows": ["绘声馆@柳市镇", "晨曦教育@虹桥镇; addr="],
        "asked": ["township_above"],
        "unread": ["E列"],
    },
    "K11_semicolon.txt": {
        "what": "text divided by semicolon",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号 2楼; tel=0577-62000000",
        ],
    },
    "K11_sep_line.csv": {
        "what": "a line sep=; and semicolons",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号,2楼; tel=0577-62000000",
        ],
    },
    "K11_tab.txt": {
        "what": "text divided by tab",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号 2楼; tel=0577-62000000",
        ],
    },
    "K11_tabs_with_quotes.tsv": {
        "what": "quotes within cells of a .tsv",
        "rows": ["绘声馆@柳市镇", "青竹教育@虹桥镇; addr=三八路 2楼"],
    },
    "K11_title_township.xls": {
        "what": ".xls with a merged title and a day",
        "rows": [
            "绘声馆@柳市镇; day=2018-09-03; status=none",
            "青竹教育@柳市镇; day=2018-09-04; status=permit_only",
        ],
    },
    "K11_titles_and_tail.csv": {
        "what": "titles and tail in a text file",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号,2楼; tel=0577-62000000",
        ],
        "unread": ["合计", "填表人"],
    },
    "K11_unicode_text.txt": {
        "what": "Excel 的 Unicode 文本",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号,2楼; tel=0577-62000000",
        ],
    },
    "K11_utf16.csv": {
        "what": "text in utf-16",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号,2楼; tel=0577-62000000",
        ],
    },
    "K11_utf16be.csv": {
        "what": "text in utf-16-be",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号,2楼; tel=0577-62000000",
        ],
    },
    "K11_utf16le_without_bom.csv": {
        "what": "text in utf-16-le",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号,2楼; tel=0577-62000000",
        ],
    },
    "K11_utf8.csv": {
        "what": "text in utf-8",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号,2楼; tel=0577-62000000",
        ],
    },
    "K11_utf8_bom.csv": {
        "what": "text in utf-8-sig",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号,2楼; tel=0577-62000000",
        ],
    },
    "K11_web_page.xls": {
        "what": "a web page saved as .xls",
        "rows": ["绘声馆@柳市镇; addr=井巷路105号二层", "青竹&教育@柳市镇; addr=三八路6号"],
    },
    "K11_wide_comma.txt": {
        "what": "text divided by wide_comma",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; tel=13800000001",
            "青竹教育@虹桥镇; addr=三八路6号 2楼; tel=0577-62000000",
        ],
    },
    "K11_wrong_ending.xlsx": {
        "what": "a text file called .xlsx",
        "rows": ["绘声馆@柳市镇; addr=井巷路1号"],
    },
    "K12_month1.xlsx": {
        "what": "first month",
        "rows": ["绘声馆@柳市镇", "晨曦教育@虹桥镇", "青竹教育@柳市镇"],
    },
    "K12_month2_emptied.xlsx": {
        "what": "second month with cells emptied",
        "rows": ["绘声馆@柳市镇; kind=new; addr=", "晨曦教育@虹桥镇; kind=new"],
        "asked": ["township_above"],
        "alike": [2, 3],
        "after": ["K12_month1.xlsx"],
    },
    "K12_month2_moved.xlsx": {
        "what": "second month: one moved, one of the same name elsewhere, one with another principal",
        "rows": ["晨曦教育@虹桥镇; kind=new", "青竹教育@柳市镇; kind=changed; who=钱某"],
        "asked": ["same:2"],
        "after": ["K12_month1.xlsx"],
        "alike": [3],
    },
    "K12_month2_renamed.xlsx": {
        "what": "second month: renamed with the former name in brackets",
        "rows": [
            "绘声绘色馆@柳市镇; kind=changed",
            "晨曦教育(原名:晨光教育)@虹桥镇; kind=unchanged",
            "青竹教育@柳市镇; kind=unchanged",
        ],
        "after": ["K12_month1.xlsx"],
    },
    "K12_own_list_english.csv": {
        "what": "our list in English with the status at survey",
        "rows": ["晨曦教育@柳市镇; status=none; day=2018-09-03; addr=井巷路105号; who=王某"],
        "unread": ["是导出时的证照情况", "Status"],
    },
    "K1_chart_notes_pictures.xlsx": {
        "what": "a comment that says 已停办 is counted",
        "rows": ["绘声馆@柳市镇"],
        "warned": ["0 "],
    },
    "K1_same_row_on_two_sheets.xlsx": {
        "what": "a sheet of all and one of a township: counted once, said",
        "rows": ["绘声馆@柳市镇", "晨曦教育@虹桥镇"],
        "errors": ["柳市镇!2 机构名称"],
    },
    "K1_sections_of_status.xlsx": {
        "what": "sections of status with counts and a day in the title",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇", "智芯机器人培训中心@虹桥镇"],
        "asked": ["surveyed_on=none"],
    },
    "K1_sections_of_status_answered.xlsx": {
        "what": "the same, answered",
        "rows": [
            "绘声馆@柳市镇; status=full; day=2018-12-31",
            "青竹教育@柳市镇; status=registration_only",
            "智芯机器人培训中心@虹桥镇; status=none",
        ],
        "asked": ["surveyed_on=none"],
        "answers": {"surveyed_on": "2018-12-31"},
    },
    "K1_sheets_of_all_kinds.xlsx": {
        "what": "cover, notes, lists, two registers, empty sheet",
        "rows": ["绘声馆@柳市镇", "晨曦教育@虹桥镇"],
        "unread": ["封面", "填表说明", "数据字典", "Sheet3"],
    },
    "K1_very_hidden_sheet.xlsx": {
        "what": "a very hidden sheet",
        "rows": ["绘声馆@柳市镇"],
        "unread": ["旧"],
    },
    "K2_empty_columns.xlsx": {
        "what": "empty columns and rows between, a column without heading",
        "rows": ["绘声馆@柳市镇; addr=井巷路105号二层", "青竹教育@虹桥镇"],
        "unread": ["J列"],
    },
    "K2_footnote_columns.xlsx": {
        "what": "notes beside the table",
        "rows": ["绘声馆@柳市镇", "青竹教育@虹桥镇"],
        "unread": ["第3行", "F列"],
    },
    "K2_form_per_sheet.xlsx": {
        "what": "one form per sheet: no register",
        "refused": "没有",
    },
    "K2_groups_of_licences.xlsx": {
        "what": "three-row header: 证照情况 over 办学许可证 and 营业执照",
        "rows": [
            "绘声馆@柳市镇; permit=教民133038200000011号(2017-09-01至2020-08-31); code=91330382MA0000003Q",
        ],
    },
    "K2_header_far_below.xlsx": {
        "what": "header in row 9 under a letter",
        "rows": ["绘声馆@柳市镇; n=50"],
        "unread": ["第1–"],
    },
    "K2_header_only.xlsx": {
        "what": "a header and nothing under it",
        "refused": "没有任何机构",
    },
    "K2_merged_last_columns.xlsx": {
        "what": "one principal and telephone merged over two places",
        "rows": [
            "绘声馆@柳市镇; who=王某",
            "绘声馆分部@柳市镇; who=王某; tel=13800000001",
            "青竹教育@虹桥镇; who=李某",
        ],
    },
    "K2_name_merged_over_rows.xlsx": {
        "what": "one institution over two merged rows",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇"],
        "unread": ["第3行"],
    },
    "K2_name_merged_two_addresses.xlsx": {
        "what": "a name merged over two addresses in two townships: two places, at least said",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇"],
        "unread": ["第3行"],
    },
    "K2_only_names.xlsx": {
        "what": "only a column of names",
        "refused": "没有找到名册的表头",
    },
    "K2_second_table_other_columns.xlsx": {
        "what": "two tables with other columns under each other",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层; permit=教民133038200000011号(2017-09-01至2020-08-31)",
            "晨曦教育@虹桥镇; addr=湖心东路68号6C; who=王某; tel=13800000001",
        ],
        "unread": ["小计"],
    },
    "K2_side_by_side.xlsx": {
        "what": "two tables side by side",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层",
            "青竹教育@柳市镇",
            "晨曦教育@虹桥镇; addr=湖心东路68号6C",
            "智芯机器人培训中心@虹桥镇",
        ],
    },
    "K2_side_by_side_with_gap.xlsx": {
        "what": "two tables of other headings, a gap between",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路105号二层",
            "青竹教育@柳市镇",
            "晨曦教育@虹桥镇; addr=湖心东路68号6C; who=王某",
            "智芯机器人培训中心@虹桥镇; addr=湖景路16号; who=李某",
        ],
    },
    "K2_township_heading_merged_title.xlsx": {
        "what": "only 柳市镇 as title; 备注 says 已停办",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇"],
        "asked": ["closed:备注"],
    },
    "K2_transposed.xlsx": {
        "what": "headings down the first column",
        "refused": "没有",
    },
    "K2_units_numbers_and_repeats.xlsx": {
        "what": "unit rows, column numbers, repeated header, empty numbered rows",
        "rows": ["绘声馆@柳市镇; n=50", "青竹教育@柳市镇", "智芯机器人培训中心@虹桥镇; n=70; area=140.0"],
        "unread": ["列号行", "只有序号"],
    },
    "K3_counts_as_names.xlsx": {
        "what": "counts where names should be",
        "rows": ["绘声馆@柳市镇"],
        "asked": ["name:4"],
        "unread": ["第3行", "第5"],
    },
    "K3_counts_by_township_below.xlsx": {
        "what": "a table of counts right under the register",
        "rows": ["绘声馆@柳市镇", "晨曦教育@虹桥镇"],
        "unread": ["第4–7行", "填表人"],
    },
    "K3_example_in_name.xlsx": {
        "what": "example rows known by their name",
        "rows": ["绘声馆@柳市镇"],
        "unread": ["第2", "填写示例"],
    },
    "K3_example_rows.xlsx": {
        "what": "two example rows",
        "rows": ["绘声馆@柳市镇; tel=13800000001"],
        "unread": ["第2", "填写示例"],
    },
    "K3_institutions_after_counts.xlsx": {
        "what": "an institution under the counts is not lost",
        "rows": ["绘声馆@柳市镇", "晨曦教育@虹桥镇"],
        "unread": ["第3–4行"],
    },
    "K3_names_like_sums.xlsx": {
        "what": "names that begin like sums, notes and signatures are names",
        "rows": [
            "合计教育@柳市镇",
            "总计划培训@柳市镇",
            "小计算家@柳市镇",
            "计时珠心算@柳市镇",
            "平均律音乐@柳市镇",
            "一家书院@柳市镇",
            "100家艺术@柳市镇",
            "柳市镇小计算机@柳市镇",
            "备注写作@柳市镇",
            "注心书法@柳市镇",
            "完美声乐@柳市镇",
            "示范英语@柳市镇",
            "例外美术@柳市镇",
            "共和文化@柳市镇",
            "审核人力培训@柳市镇",
            "新区一、二幼托@柳市镇",
        ],
    },
    "K3_names_that_are_none.xlsx": {
        "what": "names that are none",
        "errors": ["3 机构名称"],
        "asked": [
            "name:2",
            "name:4",
            "name:5",
            "name:6",
            "name:7",
            "name:8",
            "name:9",
            "name:10",
            "name:11",
            "name:13",
            "name:14",
            "name:15",
            "name:16",
            "name:17",
            "name:18",
            "name:19",
            "name:20",
            "name:21",
        ],
        "unread": ["第12行"],
    },
    "K3_names_with_state_words.xlsx": {
        "what": "names with words of state in them",
        "rows": [
            "关门弟子书法@柳市镇",
            "转让英语@柳市镇",
            "新增长教育(柳市分部)@柳市镇",
            "绘声馆(总部)@柳市镇",
            "C++编程@柳市镇",
            "A*星数学@柳市镇",
            "3-6岁早教@柳市镇",
            "5·1班托@柳市镇",
        ],
        "asked": ["mark:(原晨曦停办后接手)", "mark:★★"],
    },
    "K3_serials_in_names.xlsx": {
        "what": "serials in names, and names that begin with a number",
        "rows": [
            "绘声馆@柳市镇",
            "青竹教育@柳市镇",
            "晨曦教育@柳市镇",
            "云朵美术@柳市镇",
            "星星舞蹈@柳市镇",
            "月亮钢琴@柳市镇",
            "太阳围棋@柳市镇",
            "7号琴房@柳市镇",
            "三味书屋@柳市镇",
            "24点数学@柳市镇",
            "海浪游泳@柳市镇",
            "第9小学托管班@柳市镇",
            "A10红叶画室@柳市镇",
        ],
    },
    "K3_status_in_names.xlsx": {
        "what": "status words and marks in names are asked about",
        "asked": [
            "mark:(已关闭)",
            "mark:-停办",
            "mark:(2018年9月搬迁)",
            "mark:【注销】",
            "mark:(暂停营业)",
            "mark:√",
            "mark:×",
            "mark:(新增)",
            "mark:(停业整顿)",
            "mark:(已取缔)",
            "mark:(未营业)",
            "mark:(拟关停)",
        ],
    },
    "K3_subtotals_numbers_in_name.xlsx": {
        "what": "sums whose count stands in 机构名称",
        "rows": ["绘声馆@柳市镇; n=50", "青竹教育@柳市镇; n=60", "智芯机器人培训中心@虹桥镇; n=30"],
        "unread": ["第4行", "第6–7行"],
    },
    "K3_sum_formats.xlsx": {
        "what": "sums in many shapes in the serial column",
        "rows": ["绘声馆@柳市镇"],
    },
    "K3_summary_below.xlsx": {
        "what": "a summary under the register",
        "rows": ["绘声馆@柳市镇", "青竹教育@虹桥镇"],
        "asked": ["surveyed_on"],
        "unread": ["第5–"],
    },
    "K3_summary_table_first.xlsx": {
        "what": "a summary sheet by township before the register",
        "rows": ["绘声馆@柳市镇"],
        "unread": ["汇总"],
    },
    "K3_tail_in_cells.xlsx": {
        "what": "a tail whose words and values stand in cells of their own",
        "rows": ["绘声馆@柳市镇"],
        "unread": ["第3–5行"],
    },
    "K3_tail_lines_first_column.xlsx": {
        "what": "tail lines of many wordings in the first column",
        "rows": ["绘声馆@柳市镇", "青竹教育@虹桥镇"],
        "unread": ["审核人", "一式两份"],
    },
    "K3_tail_lines_under_names.xlsx": {
        "what": "the same lines under 机构名称",
        "rows": ["绘声馆@柳市镇", "青竹教育@虹桥镇"],
        "unread": ["审核人", "一式两份"],
    },
    "K3_total_with_township.xlsx": {
        "what": "totals with the township beside",
        "rows": ["绘声馆@柳市镇", "青竹教育@虹桥镇"],
        "unread": ["第3–4行", "第6–7行"],
    },
    "K4_addresses_of_other_places.xlsx": {
        "what": "more addresses elsewhere",
        "rows": ["庚教育@柳市镇", "辛教育@柳市镇", "壬教育@柳市镇"],
        "errors": ["2 办学地址", "3 办学地址", "4 办学地址", "5 办学地址", "6 办学地址", "7 办学地址", "11 办学地址"],
    },
    "K4_column_in_many_words.xlsx": {
        "what": "township in many words",
        "rows": [
            "绘声馆@柳市镇",
            "青竹教育@柳市镇",
            "智芯机器人培训中心@柳市镇",
            "晨曦教育@虹桥镇",
            "云朵美术@乐成街道",
        ],
        "errors": ["7 乡镇(街道)", "9 乡镇(街道)", "10 乡镇(街道)"],
        "asked": ["township:8"],
    },
    "K4_county_title_is_no_township.xlsx": {
        "what": "a title that speaks of five townships says none",
        "rows": ["青竹教育@虹桥镇"],
        "errors": ["3 乡镇(街道)"],
    },
    "K4_merged_across_sections.xlsx": {
        "what": "merged townships with sums between",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇", "晨曦教育@虹桥镇", "智芯机器人培训中心@虹桥镇"],
        "unread": ["第4行", "第7行"],
    },
    "K4_merged_over_sum.xlsx": {
        "what": "the township merged over its sum, too",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇", "晨曦教育@虹桥镇"],
        "unread": ["第4行", "第6行"],
    },
    "K4_merged_with_gaps.xlsx": {
        "what": "township merged over two rows, then empty",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇", "晨曦教育@虹桥镇"],
        "errors": ["4 乡镇(街道)", "6 乡镇(街道)"],
    },
    "K4_neighbour_counties.xlsx": {
        "what": "addresses in neighbour counties",
        "rows": ["辛教育@柳市镇"],
        "errors": [
            "2 办学地址",
            "3 办学地址",
            "4 办学地址",
            "5 办学地址",
            "6 办学地址",
            "7 办学地址",
            "8 办学地址",
            "10 办学地址",
            "11 办学地址",
            "12 办学地址",
            "13 办学地址",
        ],
    },
    "K4_other_provinces_short.xlsx": {
        "what": "other provinces without 省 or 市",
        "errors": [
            "2 办学地址",
            "3 办学地址",
            "4 办学地址",
            "5 办学地址",
            "6 办学地址",
            "7 办学地址",
            "8 办学地址",
            "9 办学地址",
            "10 办学地址",
            "11 办学地址",
        ],
    },
    "K4_roads_called_after_cities.xlsx": {
        "what": "roads, banks, shops called after cities are here",
        "rows": [
            "甲教育@柳市镇; addr=北京路8号",
            "乙教育@柳市镇; addr=上海街12号",
            "丙教育@柳市镇; addr=温州大道99号",
            "丁教育@柳市镇; addr=瑞安路3号",
            "戊教育@柳市镇; addr=永嘉巷4号",
            "己教育@柳市镇; addr=杭州银行楼上",
            "庚教育@柳市镇; addr=中国银行柳市支行隔壁",
            "辛教育@柳市镇; addr=宁波路8弄",
            "壬教育@柳市镇; addr=福建小吃店楼上",
            "癸教育@柳市镇; addr=温州商学院旁边",
        ],
    },
    "K4_roads_called_after_townships.xlsx": {
        "what": "roads called after townships name none",
        "rows": [
            "甲教育@柳市镇",
            "乙教育@北白象镇",
            "丙教育@虹桥镇",
            "丁教育@柳市镇",
            "戊教育@柳市镇",
            "癸教育@虹桥镇",
        ],
        "errors": ["7 乡镇(街道)", "8 乡镇(街道)", "9 乡镇(街道)", "10 乡镇(街道)"],
    },
    "K4_sections_are_townships.xlsx": {
        "what": "section lines are townships",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇", "智芯机器人培训中心@虹桥镇; addr=湖景路16号"],
        "unread": ["第2行“柳市镇”", "第6行“虹桥镇”", "第5行", "合计"],
        "warned": ["3 乡镇(街道)", "7 乡镇(街道)"],
    },
    "K4_sections_with_counts.xlsx": {
        "what": "numbered sections with counts",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇", "智芯机器人培训中心@虹桥镇"],
        "unread": ["一、柳市镇(2家)", "二、虹桥镇(1家)"],
    },
    "K4_sheet_against_section.xlsx": {
        "what": "sheets called 柳市 and 虹桥(1家); one address elsewhere",
        "rows": ["绘声馆@柳市镇", "智芯机器人培训中心@虹桥镇"],
        "asked": ["township:柳市!3"],
        "warned": ["柳市!2 乡镇(街道)", "虹桥(1家)!2 乡镇(街道)"],
    },
    "K4_town_in_name_only.xlsx": {
        "what": "the township stands in the name only",
        "errors": ["2 乡镇(街道)", "3 乡镇(街道)"],
    },
    "K4_township_only_in_title.xlsx": {
        "what": "township only in the title",
        "rows": ["绘声馆@柳市镇; addr=井巷路105号二层; who=王某", "青竹教育@柳市镇; tel=0577-62000000"],
        "unread": ["第1–2行"],
        "warned": ["4 乡镇(街道)"],
    },
    "K4_two_places_in_address.xlsx": {
        "what": "two townships in one address",
        "rows": ["甲教育@柳市镇", "乙教育@虹桥镇", "丁教育@虹桥镇", "戊教育@柳市镇"],
        "asked": ["township:4"],
    },
    "K4_village_column.xlsx": {
        "what": "a column of villages and no townships",
        "errors": ["2 乡镇(街道)", "3 乡镇(街道)"],
    },
    "K4_wrong_county_column.xlsx": {
        "what": "a column of counties; row 4 says 永嘉县 with 柳市镇",
        "rows": ["绘声馆@柳市镇"],
        "errors": ["3 县(市、区)", "4 县(市、区)"],
    },
    "K5_apostrophe_and_error_word.xlsx": {
        "what": "an apostrophe before #N/A",
        "errors": ["2 办学地址"],
    },
    "K5_error_in_serial_and_notes.xlsx": {
        "what": "error values in columns that are not taken hold nothing up",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇"],
    },
    "K5_error_values.xlsx": {
        "what": "#REF! #DIV/0! #NAME? #VALUE! #N/A",
        "rows": ["青竹教育@柳市镇"],
        "errors": ["2 办学地址", "2 负责人", "2 学生人数", "2 面积(平方米)", "3 机构名称"],
    },
    "K5_error_words.csv": {
        "what": "error values in a text file",
        "errors": ["2 办学地址", "2 负责人", "3 机构名称", "4 乡镇(街道)", "4 联系电话"],
    },
    "K5_error_words_as_text.xlsx": {
        "what": "error values pasted as text",
        "errors": ["2 办学地址", "2 负责人", "2 联系电话", "2 学生人数", "3 机构名称", "4 乡镇(街道)", "4 联系电话"],
    },
    "K5_formulas_uncalculated.xlsx": {
        "what": "formulas that were never calculated; the serial does not matter",
        "errors": ["2 机构名称", "3 乡镇(街道)", "3 负责人"],
    },
    "K5_vlookup_zeros.xlsx": {
        "what": "zeros of VLOOKUPs that found an empty cell",
        "errors": ["2 办学地址", "2 负责人", "2 联系电话", "2 统一社会信用代码", "3 机构名称", "4 乡镇(街道)"],
    },
    "K6_1904_days_and_serials.xlsx": {
        "what": "a 1904 workbook with a formatted day and a bare serial",
        "rows": ["绘声馆@柳市镇; day=2018-09-03", "青竹教育@柳市镇; day=2018-09-03"],
        "warned": ["3 排摸日期"],
    },
    "K6_booleans_and_months.xlsx": {
        "what": "TRUE in 负责人, names and towns; days as name and telephone",
        "errors": ["2 负责人", "3 机构名称", "4 乡镇(街道)", "4 学生人数", "5 机构名称", "5 联系电话", "6 联系电话"],
        "asked": ["name:6"],
    },
    "K6_codes_and_permits_as_numbers.xlsx": {
        "what": "codes and permits that became numbers",
        "rows": ["晨曦教育@柳市镇; code=91330382MA0000003Q; permit=133038200000011(2017-09-01至2020-08-31)"],
        "errors": ["2 统一社会信用代码", "3 统一社会信用代码", "3 办学许可证号", "5 统一社会信用代码"],
        "warned": ["4 办学许可证号"],
    },
    "K6_counts_dirty.xlsx": {
        "what": "counts and areas of all shapes",
        "rows": [
            "甲教育@柳市镇; n=50; teachers=5; area=100.0",
            "己教育@柳市镇; n=; teachers=0; area=0.0",
            "庚教育@柳市镇; n=3000; area=1200.5",
        ],
        "errors": [
            "3 学生人数",
            "3 面积(平方米)",
            "4 学生人数",
            "4 面积(平方米)",
            "5 学生人数",
            "6 学生人数",
            "6 面积(平方米)",
            "9 学生人数",
            "9 面积(平方米)",
            "10 学生人数",
            "10 教师人数",
        ],
    },
    "K6_house_numbers_became_days.xlsx": {
        "what": "house numbers that became days, also as text",
        "errors": ["2 办学地址", "3 办学地址", "3 学生人数", "4 办学地址", "4 负责人", "5 办学地址", "5 负责人"],
    },
    "K6_number_cells.xlsx": {
        "what": "phones as numbers, floats, in scientific notation; numbers with units and words",
        "rows": [
            "绘声馆@柳市镇; tel=13800000001; n=50; area=120.5",
            "青竹教育@柳市镇; tel=0577-62000000; n=50; area=120.0",
        ],
        "errors": ["4 联系电话", "4 学生人数", "4 面积(平方米)", "5 联系电话", "5 学生人数", "6 学生人数"],
        "warned": ["3 联系电话"],
    },
    "K6_phone_formats.xlsx": {
        "what": "telephones of all shapes",
        "rows": [
            "甲教育@柳市镇; tel=0577-6200000",
            "丙教育@柳市镇; tel=6200000",
            "丁教育@柳市镇; tel=13800000001",
            "庚教育@柳市镇; tel=",
        ],
        "errors": ["3 联系电话", "6 联系电话", "7 联系电话", "9 联系电话", "10 联系电话", "11 联系电话"],
        "warned": ["2 联系电话"],
    },
    "K6_serial_days.xlsx": {
        "what": "1900 serials, days without year, no day",
        "rows": [
            "绘声馆@柳市镇; day=2018-09-03; status=none",
            "青竹教育@柳市镇; day=2018-09-04; status=permit_only; permit=教民133038200000011号(2017-09-01至2020-08-31)",
        ],
        "errors": ["4 排摸日期", "5 排摸日期", "6 排摸日期"],
    },
    "K6_several_phones.xlsx": {
        "what": "several telephones in a cell, in many shapes",
        "rows": [
            "甲教育@柳市镇; tel=13800000001、13800000002",
            "乙教育@柳市镇; tel=0577-62000000、13800000001",
            "丙教育@柳市镇; tel=62000000、13800000001",
            "丁教育@柳市镇; tel=13800000001",
            "戊教育@柳市镇; tel=13800000001、13900000002",
            "辛教育@柳市镇; tel=13800000001、13800000002",
            "壬教育@柳市镇; tel=0577-62000000",
            "癸教育@柳市镇; tel=400-800-1234转8",
        ],
        "errors": ["7 联系电话", "8 联系电话"],
        "warned": ["4 联系电话", "5 联系电话"],
    },
    "K6_wrapped.csv": {
        "what": '="…", \'… and a formula in a text file',
        "rows": [
            "绘声馆@柳市镇; addr=井巷路1号; tel=057762000000; code=91330382MA0000003Q",
            "青竹教育@柳市镇; addr=井巷路2号; tel=13800000001",
        ],
        "errors": ["4 办学地址"],
    },
    "K7_arrows_for_persons.xlsx": {
        "what": "arrows, dots, ditto for persons and addresses",
        "rows": [
            "绘声馆@柳市镇; who=王某",
            "青竹教育@柳市镇; who=王某",
            "晨曦教育@柳市镇; who=王某",
            "云朵美术@柳市镇; addr=湖心东路68号6C; who=王某",
        ],
        "errors": ["6 办学地址", "7 负责人"],
    },
    "K7_ditto_across_gap.xlsx": {
        "what": "ditto under an empty cell, and first in a section",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇; who="],
        "errors": ["5 负责人", "7 办学地址", "7 负责人"],
    },
    "K7_ditto_in_addresses.xlsx": {
        "what": "the same as another column",
        "rows": [
            "绘声馆@柳市镇; addr=井巷路1号",
            "青竹教育@柳市镇; addr=井巷路2号",
            "晨曦教育@柳市镇; reg_addr=井巷路3号",
        ],
        "errors": ["5 办学地址", "6 办学地址"],
    },
    "K7_ditto_merged.xlsx": {
        "what": "ditto across a sum, and first under a repeated header",
        "rows": ["绘声馆@柳市镇", "青竹教育@柳市镇; who=王某", "晨曦教育@柳市镇; who=王某"],
        "errors": ["7 乡镇(街道)"],
    },
    "K7_marks_of_all_kinds.xlsx": {
        "what": "ditto marks of all kinds in township and principal",
        "rows": [
            "绘声馆@柳市镇",
            "甲教育@柳市镇; who=王某",
            "乙教育@柳市镇; who=王某",
            "丙教育@柳市镇; who=王某",
            "丁教育@柳市镇; who=王某",
            "戊教育@柳市镇; who=王某",
            "己教育@柳市镇; who=王某",
            "庚教育@柳市镇; who=王某",
            "辛教育@柳市镇; who=王某",
            "壬教育@柳市镇; who=王某",
            "癸教育@柳市镇; who=王某",
            "子教育@柳市镇; who=王某",
            "丑教育@柳市镇; who=王某",
        ],
        "errors": ["15 乡镇(街道)", "15 负责人", "16 乡镇(街道)", "16 负责人"],
    },
    "K8_days_in_future.xlsx": {
        "what": "days that cannot be",
        "rows": ["云朵美术@柳市镇; day=2018-09-03"],
        "errors": ["2 排摸日期", "3 排摸日期", "4 排摸日期", "5 排摸日期"],
    },
    "K8_decorated.xlsx": {
        "what": "headings with decorations",
        "rows": ["绘声馆@柳市镇; addr=井巷路105号二层; who=王某; tel=13800000001; n=5; area=120.0; permit="],
        "unread": ["是否有营业执照"],
    },
    "K8_licence_yes_no.xlsx": {
        "what": "有/无 and √/× where numbers should be: the status is ticked",
        "rows": [
            "绘声馆@柳市镇; status=full; code=; permit=",
            "青竹教育@柳市镇; status=registration_only; registration=",
            "晨曦教育@柳市镇; status=permit_only; permit=",
        ],
        "answers": {"surveyed_on": "2018-09-03"},
        "asked": ["surveyed_on"],
    },
    "K8_licence_yes_no_surveyed.xlsx": {
        "what": "有, √, 已办 where a permit number should be, with survey days",
        "rows": ["云朵美术@柳市镇; permit=; registration="],
        "errors": [
            "2 办学许可证号",
            "3 办学许可证号",
            "4 办学许可证号",
            "5 办学许可证号",
            "5 统一社会信用代码",
            "7 办学许可证号",
            "7 统一社会信用代码",
        ],
    },
    "K8_misspelt.xlsx": {
        "what": "misspelt headings",
        "rows": ["绘声馆@柳市镇"],
        "asked": ["heading:办学地扯=ignore", "heading:机构名稱", "heading:联系电活=ignore"],
    },
    "K8_permit_yes_with_number.xlsx": {
        "what": "a column of yes and no beside the numbers",
        "rows": ["绘声馆@柳市镇; permit=教民133038200000011号(2017-09-01至2020-08-31)", "青竹教育@柳市镇; permit="],
        "errors": ["4 办学许可证号", "5 办学许可证号"],
        "unread": ["是否有办学许可证"],
    },
    "K8_status_heading_over_marks.xlsx": {
        "what": "the status ticked in one of four columns",
        "rows": ["绘声馆@柳市镇; status=full", "青竹教育@柳市镇; status=none"],
        "answers": {"surveyed_on": "2018-09-03"},
        "asked": ["surveyed_on"],
    },
    "K8_statuses.xlsx": {
        "what": "statuses in the words of the streets",
        "rows": [
            "甲教育@柳市镇; status=full",
            "乙教育@柳市镇; status=registration_only",
            "丙教育@柳市镇; status=none",
            "丁教育@柳市镇; status=full",
            "壬教育@柳市镇; status=registration_only",
        ],
        "errors": ["6 证照情况", "7 证照情况", "8 证照情况", "9 证照情况", "11 证照情况", "12 证照情况"],
    },
    "K8_survey_day_heading.xlsx": {
        "what": "登记日期 and 成立时间, no survey day",
        "rows": ["绘声馆@柳市镇"],
        "asked": ["surveyed_on"],
    },
    "K8_three_persons.xlsx": {
        "what": "法人, 负责人, 校长 all three; three telephones",
        "rows": ["绘声馆@柳市镇; who=负某; tel=13800000003"],
        "unread": ["法人", "校长", "法人电话", "负责人电话"],
    },
    "K8_two_addresses_two_names.xlsx": {
        "what": "名称 and 学校名称, 地址 and 实际办学地址",
        "rows": ["校名甲@柳市镇; addr=柳市镇井巷路1号; reg_addr=北白象镇3号; sign=招牌甲"],
        "unread": ["名称", "地址", "营业执照名称"],
    },
    "K8_validity_after_permit.xlsx": {
        "what": "有效期 after the permit and again after the code",
        "rows": [
            "绘声馆@柳市镇; permit=教民133038200000011号(2017-09-01至2020-08-31); code=91330382MA0000003Q",
        ],
    },
    "K8_validity_before_permit.xlsx": {
        "what": "有效期 before the permit it stands beside",
        "rows": ["绘声馆@柳市镇; permit=教民133038200000011号(2017-09-01至2020-08-31)"],
    },
    "K9_far_blanks_hidden_address.xlsx": {
        "what": "blanks far away, address column hidden",
        "rows": ["绘声馆@柳市镇; addr=井巷路105号二层"],
    },
    "K9_filtered.xlsx": {
        "what": "a filter hides row 3",
        "rows": ["绘声馆@柳市镇", "晨曦教育@虹桥镇", "青竹教育@柳市镇"],
        "asked": ["hidden_rows=keep"],
    },
    "K9_struck_hidden_rows_columns.xlsx": {
        "what": "row 3 struck out, row 4 hidden, a hidden column",
        "rows": ["绘声馆@柳市镇; who=王某", "智芯机器人培训中心@虹桥镇"],
        "asked": ["struck_rows=leave_out", "hidden_rows=keep"],
        "unread": ["第3行"],
    },
    "K9_struck_part.xlsx": {
        "what": "the old address struck out in the cell",
        "rows": ["绘声馆@柳市镇; addr=三八路6号"],
        "asked": ["struck_parts=rest"],
    },
}
