"""What ``bench`` measures: the log, the search, the naming, the start, each as ratios taken in one run."""
