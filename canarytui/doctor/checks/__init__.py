"""One module for each subject that ``doctor`` examines."""
