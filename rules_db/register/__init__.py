"""The register of real instruments: reviewed YAML, read whole or not at all, rendered into files for the stages."""
