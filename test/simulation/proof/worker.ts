/** Does one task, given as JSON on the command line, and prints its report as JSON. */

import { infect } from '../mutants/infect.ts'
import { mutantOf } from '../mutants/mutants.ts'
import type { Reports, Task } from './tasks.ts'

// Nobody reads the stack of an error that stands for a lost message, and it costs more than the rest of it.
Error.stackTraceLimit = 0

const task: Task = JSON.parse(process.argv[2] ?? '')
if (task.task === 'HUNT') infect(mutantOf(task.mutant))
process.stdout.write(JSON.stringify(await perform(task)))

/** What a task needs is loaded after a mutant has taken its place. */
async function perform(task: Task): Promise<Reports[Task['task']]> {
  switch (task.task) {
    case 'DRAW':
      return (await import('./draw.ts')).draw(task)
    case 'EXPLORE':
      return (await import('../exploration/explore.ts')).explore(task)
    case 'CRASH':
      return (await import('../crash-points/crash-points.ts')).crashEverywhere(task)
    case 'HUNT':
      return (await import('./hunt.ts')).hunt(task.mutant, task.everyWay)
  }
}
