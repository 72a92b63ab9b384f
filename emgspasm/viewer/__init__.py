"""The live window: the only importer of Qt and pyqtgraph."""
