"""The mapping layer: catalogue of controls, evidence and hardware, and the links from rules to them."""
