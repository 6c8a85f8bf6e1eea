"""Start to pull the images that the node lacks, in the background: kubeadm and kubelet find them there or wait for the same pull."""
from __future__ import annotations

import json
import os

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import lock, transient

CRICTL = "/usr/local/bin/crictl"
# a constant program; the references are its arguments, never its text. A failed pull is retried by whoever needs the image.
PULL = 'for image; do %s pull "$image" & done; wait' % CRICTL


def main():
    module = AnsibleModule(
        argument_spec={
            "operation": {"type": "str", "required": True},
            "images": {"type": "list", "elements": "dict", "required": True},      # {repository, tag, …} of the release
            "timeout": {"type": "int", "default": 900},
        },
        supports_check_mode=True,
    )
    operation = lock.parse(module.params["operation"])
    here = present(module)
    wanted = ["%s:%s" % (image["repository"], image["tag"]) for image in module.params["images"]]
    missing = [reference for reference in wanted if reference not in here]
    pulling = transient.active(transient.unit_name(operation, "images"))
    if missing and not pulling and not module.check_mode:
        try:
            transient.run(operation, ["/bin/sh", "-c", PULL, "pull", *missing], module.params["timeout"], "images", wait=False)
        except lock.Refused as refused:
            module.fail_json(msg=str(refused), slipway_retryable=refused.is_lost)
    module.exit_json(changed=bool(missing) and not pulling, missing=missing)


def present(module):
    if not os.path.exists(CRICTL):      # check mode on an empty host
        return set()
    code, out, _ = module.run_command([CRICTL, "images", "--output=json"])
    return {tag for image in json.loads(out)["images"] for tag in image["repoTags"]} if code == 0 else set()


if __name__ == "__main__":
    main()
