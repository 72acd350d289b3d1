"""Sentences of notes about children that tell nobody's name and no place."""

SENTENCES = [
    "The child was seen at school with a bruise on the left arm.",
    "Police were called at 18:30 because neighbours heard shouting.",
    "He said that he does not want to go home this weekend.",
    "The health visitor and the GP have no other concerns about the baby.",
    "A strategy discussion was held on Monday 3 November 2026.",
    "Attendance fell from 94% to 61% since the start of Year 6.",
    "She may need help; it will take some time.",
    "Mum was spoken to alone and agreed to the safety plan.",
]
