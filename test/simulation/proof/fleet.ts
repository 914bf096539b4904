/** Does tasks in processes of their own, some at a time. */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Reports, Task } from './tasks.ts'

/** Worlds leave much behind at once, and a second process uses the other core. */
const FLAGS = ['--max-semi-space-size=64', '--single-threaded-gc']
const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))

/** In the order of the tasks. Rejects with what a worker wrote on its standard error. */
export async function perform<T extends Task>(
  tasks: readonly T[],
  atOnce: number,
): Promise<readonly Reports[T['task']][]> {
  const reports: Reports[T['task']][] = []
  const left = [...tasks.entries()]
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, task] = next
      reports[index] = JSON.parse(await run(task))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return reports
}

function run(task: Task): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const worker = spawn(process.execPath, [...FLAGS, WORKER, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let complaint = ''
  worker.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  worker.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  worker.on('error', reject)
  worker.on('close', (code) => {
    if (code === 0) resolve(output)
    else reject(new Error(`${JSON.stringify(task)} ended with ${code}: ${complaint}`))
  })
  return promise
}
