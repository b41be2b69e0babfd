"""`python -m delphi`: the command line without an installed script."""

from delphi.cli.main import main

if __name__ == "__main__":
    main()
