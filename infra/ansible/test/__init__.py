"""Tests of what can be tested without a host. Run them in the virtual environment of requirements.txt, in this folder's parent:

python -m unittest discover --start-directory test --top-level-directory .
"""
import os

import ansible.module_utils

# hosts find our modules' shared code there, as Ansible packs it so
ansible.module_utils.__path__.append(os.path.join(os.path.dirname(__file__), "..", "plugins", "module_utils"))
