"""The thinking floor: questions, marking and answers in pure Python, with neither pandas nor widgets."""
