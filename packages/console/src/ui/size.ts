const GIB = 1024

/** A size as people read it, given in MiB: `48 MiB`, `1.5 GiB`. */
export function sizeOf(mib: number, language: string): string {
  if (mib < GIB) return `${mib.toLocaleString(language)} MiB`
  return `${(mib / GIB).toLocaleString(language, { maximumFractionDigits: 1 })} GiB`
}
