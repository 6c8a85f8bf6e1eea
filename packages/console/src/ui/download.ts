const KEPT_MS = 10_000

/** Gives a text to the browser as a file to keep. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  // The browser may still be reading it when the click returns.
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
