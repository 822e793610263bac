"""Run by the system's Python, which has QGIS: reads /ogc/ as its window does, and prints how many came.

`python3 qgis_reads.py ADDRESS USERNAME CASE`, the token on standard input.
"""

import json
import os
import sys
import tempfile

CASES = {
    "all": ("", "", None, ""),
    "a box": ("", " restrictToRequestBBOX='1'", (120.9, 28.0, 121.0, 28.1), ""),
    "days": ("", "", None, "surveyed_on <= '2018-12-31'"),
    "a property": ("", "", None, "standing = 'closed'"),
    "a question": ("?as_of=2018-12-31&figure=outstanding", " pagingEnabled='true' pageSize='50'", None, ""),
}


def main() -> None:
    address, username, case = sys.argv[1:]
    question, more, box, subset = CASES[case]
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["HOME"] = os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp()  # a profile of its own, made with 0700
    from qgis.core import Qgis, QgsApplication, QgsAuthMethodConfig, QgsFeatureRequest, QgsRectangle, QgsVectorLayer

    application = QgsApplication([], False)
    application.initQgis()
    keeper = QgsApplication.authManager()
    keeper.setMasterPassword("only-for-this-run", True)
    signing = QgsAuthMethodConfig("Basic")
    signing.setName("token")
    signing.setConfig("username", username)
    signing.setConfig("password", sys.stdin.read().strip())
    keeper.storeAuthenticationConfig(signing)
    source = f"url='{address}{question}' typename='institutions' authcfg={signing.id()}{more}"
    layer = QgsVectorLayer(source, "institutions", "OAPIF")
    if not layer.isValid():
        raise SystemExit(f"no layer: {layer.dataProvider().error().message()}")
    if subset and not layer.setSubsetString(subset):
        raise SystemExit("the filter was not taken")
    asked = QgsFeatureRequest()
    if box:
        asked.setFilterRect(QgsRectangle(*box))
    read = sum(1 for _feature in layer.getFeatures(asked))
    print(json.dumps({"version": Qgis.QGIS_VERSION, "read": read, "counted": layer.featureCount()}))
    sys.stdout.flush()
    os._exit(0)  # QGIS takes its time to tear down what nobody needs any more


main()
