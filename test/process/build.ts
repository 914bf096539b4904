/** Builds once before the tests: those that start a process start what a user would. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export async function setup(): Promise<void> {
  await promisify(execFile)('npm', ['run', '--silent', 'build'])
}
