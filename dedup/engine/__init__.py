"""Where stages run: the verbs of ``base.Engine``, and an engine of threads in this process."""
