"""The case moves: registers, questions with clocks, answers, escalation. Time is handed in."""
