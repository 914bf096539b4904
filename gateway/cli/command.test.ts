import { describe, expect, it } from 'vitest'
import { type Environment, type Import, readCommand } from './command.ts'
import { UsageError } from './usage-error.ts'

const read = (line: string, environment: Environment = {}) => readCommand(line.split(' '), environment)
const refusalOf = (args: readonly string[]) => {
  try {
    readCommand(args, {})
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return null
}
const refused = (line: string) => refusalOf(line.split(' '))
const imported = (args: readonly string[]) => readCommand(['import', 'f.csv', ...args], {}) as Import
const requested = (options: string) => imported(`--entity Customer ${options}`.split(' ')).request

describe('lockstep import', () => {
  it('asks for nothing that was not typed', () => {
    expect(read('import customers.csv --entity Customer')).toEqual({
      ...{ kind: 'IMPORT', file: 'customers.csv', request: { entity: 'Customer' }, columnFiles: [] },
      ...{ watch: false, failures: null, url: 'http://127.0.0.1:4000', json: false },
    })
  })

  it('takes its options before and behind the file', () => {
    expect(read('import --entity Customer customers.csv --watch')).toMatchObject({ file: 'customers.csv', watch: true })
    expect(read('import --watch --entity=Customer -- -odd.csv')).toMatchObject({ file: '-odd.csv', watch: true })
  })

  it.each([
    ['--operation create', { operation: 'CREATE' }],
    ['--operation Upsert', { operation: 'UPSERT' }],
    ['--columns Name=name --columns A=B=group.code', { columns: [pair('Name', 'name'), pair('A=B', 'group.code')] }],
    ['--constant company=usmf --constant memo=a=b', { constants: [value('company', 'usmf'), value('memo', 'a=b')] }],
    ['--constant memo=', { constants: [value('memo', '')] }],
    ['--unknown ignore', { unknownColumns: 'IGNORE' }],
    ['--blank clear --clear-marker NULL', { blank: 'CLEAR', clearMarker: 'NULL' }],
    ['--decimal-mark ,', { decimalMark: ',' }],
    ['--decimal-mark comma', { decimalMark: ',' }],
    ['--format jsonl', { format: 'JSONL' }],
    ['--delimiter ;', { csv: { delimiter: ';' } }],
    ['--delimiter tab --quote none', { csv: { delimiter: '\t', quote: '' } }],
    ['--encoding windows-1252', { csv: { encoding: 'WINDOWS_1252' } }],
    ['--encoding UTF-8', { csv: { encoding: 'UTF_8' } }],
    ['--header number --header name', { csv: { header: ['number', 'name'] } }],
    ['--atomicity batch --batch-size 500', { atomicity: 'BATCH', batchSize: 500 }],
    ['--max-failures 10', { maxFailures: 10 }],
    ['--max-failures 0', { maxFailures: 0 }],
    ['--max-failures 2.5%', { maxFailuresPercent: 2.5 }],
    ['--match-by company --match-by partyNumber', { matchBy: ['company', 'partyNumber'] }],
    ['--duplicates last-wins', { duplicates: 'LAST_WINS' }],
    ['--dry-run', { mode: 'DRY_RUN' }],
    ['--plan-hash abc --idempotency-key k', { planHash: 'abc', idempotencyKey: 'k' }],
  ])('%s', (options, request) => {
    expect(requested(options)).toEqual({ entity: 'Customer', ...request })
  })

  it("takes one system's own table", () => {
    expect(imported(['--native', 'crm:accounts']).request).toEqual({ native: { system: 'CRM', table: 'accounts' } })
  })

  it('takes columns from files beside those that are typed', () => {
    const { request, columnFiles } = imported('--entity C --columns map.json --columns Name=name'.split(' '))
    expect(columnFiles).toEqual(['map.json'])
    expect(request.columns).toEqual([pair('Name', 'name')])
  })

  it.each([
    ['import --entity Customer', 'a file to import is missing'],
    ['import a.csv b.csv --entity Customer', '"b.csv" is too much: give one'],
    ['import a.csv', 'say what the rows are: --entity NAME, or --native SYSTEM:TABLE'],
    ['import a.csv --entity C --native CRM:x', 'say what the rows are: --entity NAME, or --native SYSTEM:TABLE'],
    ['import a.csv --native accounts', '--native is a system and one of its tables, as CRM:accounts'],
    ['import a.csv --native WMS:accounts', '--native is crm or erp, not "wms"'],
    ['import a.csv --entity C --operation merge', '--operation is create, update, upsert or delete, not "merge"'],
    ['import a.csv --entity C --columns =name', '--columns "=name" is not FROM=TO'],
    ['import a.csv --entity C --columns Name=', '--columns "Name=" is not FROM=TO'],
    ['import a.csv --entity C --constant usmf', '--constant "usmf" is not FIELD=VALUE'],
    ['import a.csv --entity C --batch-size 0', '--batch-size is a whole number, 1 or more'],
    ['import a.csv --entity C --batch-size 1e3', '--batch-size is a whole number, 1 or more'],
    ['import a.csv --entity C --batch-size 99999999999', '--batch-size is a whole number, 1 or more'],
    ['import a.csv --entity C --max-failures many', '--max-failures is a whole number, 0 or more'],
    ['import a.csv --entity C --max-failures 101%', /from 0% to 100%/],
    ['import a.csv --entity C --max-failures -5%', /max-failures/],
    ['import a.csv --entity C --decimal-mark x', '--decimal-mark is a point or a comma'],
    ['import a.csv --entity C --encoding latin-9', /^--encoding is utf-8, .*not "latin-9"$/],
    ['import a.csv --entity C --entity D', '--entity was given twice'],
    ['import a.csv --entity', /entity/],
    ['import a.csv --entity C --whatch', /whatch/],
    ['import a.csv --entity C --watch=yes', /watch/],
    ['import a.csv --entity C --failures f.csv', /add --watch$/],
    ['import a.csv --entity C --url localhost', /^"localhost" is no address/],
    ['import a.csv --entity C --url file:///tmp', /is no address/],
  ])('%s: refused', (line, message) => {
    expect(refused(line)).toMatch(message)
  })
})

describe('lockstep', () => {
  it('looks for Lockstep where it is told, else where the environment says', () => {
    const environment = { LOCKSTEP_URL: 'https://erp.example/lockstep/' }
    expect(read('jobs', environment)).toMatchObject({ url: 'https://erp.example/lockstep' })
    expect(read('jobs --url http://other:1', environment)).toMatchObject({ url: 'http://other:1' })
    expect(read('jobs', { LOCKSTEP_URL: '' })).toMatchObject({ url: 'http://127.0.0.1:4000' })
  })

  it.each(['job', 'pause', 'resume', 'cancel', 'retry', 'undo'])('%s takes the id of a job', (verb) => {
    expect(read(`${verb} 01J --json --watch`)).toMatchObject({ kind: 'JOB', verb, id: '01J', json: true, watch: true })
    expect(refused(verb)).toBe('the id of a job is missing')
  })

  it('lists as many jobs as are wanted', () => {
    expect(read('jobs')).toMatchObject({ kind: 'LIST', first: 20 })
    expect(read('jobs --first 5')).toMatchObject({ first: 5 })
    expect(refused('jobs all')).toBe('"all" is too much')
  })

  it('tells of itself and of each command, whatever else is typed', () => {
    expect(read('--help')).toEqual({ kind: 'HELP', topic: 'lockstep' })
    expect(read('help')).toEqual({ kind: 'HELP', topic: 'lockstep' })
    expect(read('help retry')).toEqual({ kind: 'HELP', topic: 'retry' })
    expect(read('import --nonsense --help')).toEqual({ kind: 'HELP', topic: 'import' })
  })

  it('knows no other commands', () => {
    expect(refusalOf([])).toBe('what is to be done?')
    expect(refused('export')).toBe('there is no command "export"')
    expect(refused('constructor')).toBe('there is no command "constructor"')
  })
})

function pair(from: string, to: string) {
  return { from, to }
}

function value(to: string, text: string) {
  return { to, value: text }
}
