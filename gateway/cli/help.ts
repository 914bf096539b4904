/** What `--help` says. */

import { OPTIONS_OF, type Topic } from './command.ts'
import type { Option } from './options.ts'

interface Page {
  readonly usage: string
  readonly text: string
}

const EXIT_CODES = `Exit codes
  0  all rows are in both systems, or there was nothing to wait for
  1  the job failed or was cancelled, or Lockstep refused or could not be reached (with --watch: for five minutes)
  2  the command cannot be carried out as it was typed
  3  the job is complete, and some rows failed`

const ABOUT_JOBS: Page = { usage: 'ID', text: '' }

const PAGES: Readonly<Record<Exclude<Topic, 'lockstep'>, Page>> = {
  import: {
    usage: 'FILE (--entity NAME | --native SYSTEM:TABLE) [options]',
    text: `Sends a file of rows, CSV or JSON lines, zipped with gzip or not, and has each row written to both systems or to
neither. Without --watch it prints the id of the job, which goes on by itself.

  lockstep import customers.csv --entity Customer --watch
  lockstep import kunden.csv --entity Customer --delimiter ';' --columns Nummer=number --columns Name=name \\
    --constant company=usmf --max-failures 5% --watch --failures failed.csv`,
  },
  jobs: { usage: '[options]', text: 'Lists import jobs, the newest first.' },
  job: { ...ABOUT_JOBS, text: 'Tells how far a job is.' },
  pause: { ...ABOUT_JOBS, text: 'Pauses a job: what is under way is finished, and nothing more is begun.' },
  resume: { ...ABOUT_JOBS, text: 'Has a paused job go on.' },
  cancel: { ...ABOUT_JOBS, text: 'Ends a job. Rows that are written stay; the others are not attempted.' },
  retry: { ...ABOUT_JOBS, text: 'Begins a new job with the rows of a job that failed.' },
  undo: {
    ...ABOUT_JOBS,
    text: 'Begins a new job that takes back what a job wrote, but for records that somebody has written since.',
  },
}

const OVERVIEW = `lockstep, a client of Lockstep's bulk imports

  lockstep import FILE --entity NAME --watch    import a file and follow it to its end
  lockstep jobs                                 list jobs
  lockstep job ID                               tell how far a job is
  lockstep pause | resume | cancel ID           hold a job, let it go on, end it
  lockstep retry ID                             import again what failed of a job
  lockstep undo ID                              take back what a job wrote

  lockstep COMMAND --help                       the options of a command

Lockstep is looked for at LOCKSTEP_URL, else at http://127.0.0.1:4000.

${EXIT_CODES}
`

export function helpOn(topic: Topic): string {
  if (topic === 'lockstep') return OVERVIEW
  const { usage, text } = PAGES[topic]
  const options = Object.entries(OPTIONS_OF[topic]).map(([name, option]) => optionLines(name, option))
  return `lockstep ${topic} ${usage}\n\n${text}\n\nOptions\n${options.join('\n')}\n\n${EXIT_CODES}\n`
}

const NAME_WIDTH = 26

function optionLines(name: string, { value, repeated, text }: Option): string {
  const typed = value === null ? `--${name}` : `--${name} ${value}`
  const told = repeated === true ? `${text}; may be repeated` : text
  return `  ${typed.padEnd(NAME_WIDTH)}  ${told}`
}
