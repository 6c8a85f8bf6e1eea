/** Shows phases with the time they took and how many are left. */
export type Progress = {
  phase: <T>(title: string, work: (say: (line: string) => void) => Promise<T>) => Promise<T>
}

/** `total` phases are to come; `began` is when the command was typed, in ms. Lines go to standard output. */
export function showProgress(total: number, began: number): Progress {
  let number = 0
  const clock = () => `${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s`
  return {
    phase: async (title, work) => {
      number += 1
      const head = `[${number}/${total}]`
      const start = Date.now()
      process.stdout.write(`${clock()}  ${head} ${title}\n`)
      const result = await work((line) => process.stdout.write(`${clock()}        ${line}\n`))
      const left = total - number
      const took = ((Date.now() - start) / 1000).toFixed(1)
      process.stdout.write(`${clock()}  ${head} done in ${took} s${left ? `, ${left} to go` : ''}\n`)
      return result
    },
  }
}
