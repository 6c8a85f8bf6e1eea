import { CheckedHost, HostReport } from '@slipway/contracts/host/v1/report'
import type { Report } from './check.ts'
import { isSilence } from './finding.ts'

/** A report as others see it. */
export function reportToWire({ hosts, findings, checkedAt }: Report): HostReport {
  const count = (severity: string, host?: string) =>
    findings.filter((one) => one.severity === severity && (host === undefined || one.host === host)).length
  const isSilent = (host: string) => findings.some((one) => one.host === host && isSilence(one))
  return HostReport.fromPartial({
    hosts: hosts.map(({ host: { id, name }, role }) => {
      const [errors, warnings] = [count('error', name), count('warning', name)]
      const verdict = isSilent(name) ? 'silent' : errors > 0 ? 'errors' : warnings > 0 ? 'warnings' : 'ok'
      return CheckedHost.fromPartial({ ...{ id, name, role, errors, warnings, verdict } })
    }),
    findings,
    errors: count('error'),
    warnings: count('warning'),
    fixable: findings.filter(({ fix }) => fix !== '').length,
    checkedAt,
  })
}
