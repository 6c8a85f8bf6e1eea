import { invalid } from '@slipway/errors'

const LONGEST = 512

/** Refuses what can't be the path of a raw file: `kubernetes/1.36.3/amd64/kubelet`. */
export function requirePath(path = ''): string {
  const isFine = path.split('/').every((part) => /^(?!\.{1,2}$)[A-Za-z0-9._+~@:=-]+$/.test(part))
  if (isFine && path.length <= LONGEST) return path
  throw invalid([
    {
      field: 'path',
      message: 'is not a path of a file',
      hint: `Write parts of letters, digits and . _ + ~ @ : = - with / between them, ${LONGEST} characters at most.`,
    },
  ])
}
