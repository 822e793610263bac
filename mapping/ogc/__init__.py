"""OGC API Features (Part 1, core) under /ogc/: the register as QGIS, GDAL and other programs for maps read it."""
