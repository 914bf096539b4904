/** Runs one command, from what was typed to the exit code. */

import { readFile } from 'node:fs/promises'
import { columnsInFile } from './column-list.ts'
import { type Environment, type Following, type Import, type List, type OneJob, readCommand } from './command.ts'
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts'
import { follow } from './follow.ts'
import { type Graph, openGraph } from './graph.ts'
import { helpOn } from './help.ts'
import { type ImportJob, isOver } from './import-job.ts'
import type { ImportRequest } from './import-request.ts'
import { describeFile, whyNot } from './local-file.ts'
import { aMoment, type Patience, patiently } from './patience.ts'
import { progressStream } from './progress-stream.ts'
import { Refusal } from './refusal.ts'
import { createReporter, type Outputs, type Reporter } from './reporter.ts'
import { saveFailures } from './save-failures.ts'
import { sendFile } from './send-file.ts'
import { UsageError } from './usage-error.ts'
import { printable } from './view/words.ts'

export interface Surroundings {
  readonly environment: Environment
  readonly outputs: Outputs
  /** From then on, an interruption gives the signal instead of ending the process. */
  readonly catchInterruption: () => AbortSignal
}

interface Session extends Surroundings {
  readonly url: string
  readonly graph: Graph
  readonly reporter: Reporter
}

/** Whatever a person can put right is told on standard error; anything else is thrown. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { stdout, stderr } = surroundings.outputs
  try {
    const command = readCommand(args, surroundings.environment)
    if (command.kind === 'HELP') {
      stdout.write(helpOn(command.topic))
      return EXIT.done
    }
    const reporter = createReporter(surroundings.outputs, command.json)
    const session = { ...surroundings, url: command.url, graph: openGraph(command.url), reporter }
    return await carryOut(command, session).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error
      reporter.refused(error.reasons)
      return EXIT.failed
    })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    stderr.write(`lockstep: ${printable(error.message)}\nlockstep --help tells more.\n`)
    return EXIT.usage
  }
}

async function carryOut(command: Import | OneJob | List, session: Session): Promise<ExitCode> {
  switch (command.kind) {
    case 'IMPORT':
      return followed(await begin(command, session), command, session)
    case 'JOB':
      return oneJob(command, session)
    case 'LIST':
      session.reporter.listed(await session.graph.importJobs(command.first))
      return EXIT.done
  }
}

/** What is refused is refused before the file is sent; a job that gets no file is not left to wait for it. */
async function begin({ file, request, columnFiles }: Import, session: Session): Promise<ImportJob> {
  const { graph, reporter, url } = session
  const whole = { ...request, ...(await columnsOf(request, columnFiles)) }
  const described = await describeFile(file)
  const upload = await graph.createUpload(described)
  const job = await graph.bulkImport(upload.id, whole)
  // Under its key there is an import of this very file already.
  if (job.state !== 'AWAITING_UPLOAD') return job
  reporter.note(`Sending ${file}`)
  await sendFile(url, upload, { path: file, size: described.size }).catch(async (error: unknown) => {
    await graph.change('cancel', job.id).catch(() => undefined)
    throw error
  })
  return job
}

async function columnsOf(request: ImportRequest, files: readonly string[]): Promise<Pick<ImportRequest, 'columns'>> {
  if (files.length === 0) return {}
  const inFiles = await Promise.all(files.map(async (name) => columnsInFile(name, await textOf(name))))
  return { columns: [...inFiles.flat(), ...(request.columns ?? [])] }
}

function textOf(name: string): Promise<string> {
  return readFile(name, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${name} cannot be read: ${whyNot(error)}; a column is given as FROM=TO`)
  })
}

async function oneJob(command: OneJob, session: Session): Promise<ExitCode> {
  const { verb, id, watch } = command
  const job = await (verb === 'job' ? session.graph.importJob(id) : session.graph.change(verb, id))
  const isAnother = verb === 'retry' || verb === 'undo'
  if (watch || isAnother) return followed(job, command, session)
  session.reporter.told(job)
  return EXIT.done
}

async function followed(begun: ImportJob, { watch, failures }: Following, session: Session): Promise<ExitCode> {
  const { graph, reporter, url } = session
  if (!watch) {
    reporter.accepted(begun)
    return EXIT.done
  }
  const signal = session.catchInterruption()
  reporter.progress(begun)
  const { warned } = reporter
  const patience: Patience = { now: () => performance.now(), pause: () => aMoment(signal), warned, signal }
  const stream = () => progressStream(url, begun.id, signal)
  const ask = () => graph.importJob(begun.id)
  let last = begun
  for await (const job of follow({ stream, ask, ...patience })) {
    last = job
    reporter.progress(job)
  }
  if (!isOver(last)) {
    reporter.accepted(last)
    return EXIT.interrupted
  }
  reporter.told(last)
  if (last.outcomes.failed > 0) await patiently(() => tellFailures(last, failures, session), patience)
  return exitCodeOf(last)
}

async function tellFailures(job: ImportJob, path: string | null, { url, reporter }: Session): Promise<void> {
  if (path === null) {
    reporter.note(`The rows that failed: ${new URL(job.failuresUrl, `${url}/`)}`)
    return
  }
  await saveFailures(url, job, path)
  reporter.note(`The rows that failed are in ${path}`)
}
