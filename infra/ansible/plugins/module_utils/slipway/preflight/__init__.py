"""What speaks against making a host a node. Each part reads named facts and judges them; judging is pure.

A part has READS (fact → how it is read) and JUDGEMENTS (functions whose parameters after `given` name the facts that they need).
"""
