.PHONY: demo test soak check

demo:
	@python3 do.py demo

test:
	@python3 do.py test

soak:
	@python3 do.py soak --minutes $(or $(MINUTES),20)

check:
	@python3 do.py check
