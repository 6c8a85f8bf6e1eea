import { readFile } from 'node:fs/promises'

/** The file that lab-prepare binds over /proc/swaps when it is there. */
export const SWAPS_FILE = 'etc/lab-swaps'

/** What /proc/swaps says where nothing is swapped. */
export const swapsHeader = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'

/** Whether the machine itself swaps; its hosts are kept from seeing that. */
export async function machineSwaps(): Promise<boolean> {
  return (await readFile('/proc/swaps', 'utf8')).trim().split('\n').length > 1
}
