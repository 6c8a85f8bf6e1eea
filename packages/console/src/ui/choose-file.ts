/** Lets a person choose a file; `accept` is as an input's: `.csv,.xlsx`. Calls nothing when the choice is left. */
export function chooseFile(onChosen: (file: File) => void, accept = ''): void {
  const input = Object.assign(document.createElement('input'), { type: 'file', accept })
  input.addEventListener('change', () => {
    const [file] = input.files ?? []
    if (file) onChosen(file)
  })
  input.click()
}
