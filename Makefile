.PHONY: demo test check

demo:
	@python3 do.py demo

test:
	@python3 do.py test

check:
	@python3 do.py check
