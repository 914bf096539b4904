import { describe, expect, it } from 'vitest'
import { shippedMapSet } from '../../../maps/shipped.ts'
import type { Answer, Upload } from '../upload/upload.ts'
import type { ImportRequest } from './import-request.ts'
import { refusals } from './opened-imports.fixture.ts'
import { readRequest } from './read-request.ts'

const mapSet = shippedMapSet()
const UPLOAD: Answer<Upload> = {
  ok: true,
  value: {
    ...{ id: 'u1', name: 'customers.csv', contentType: 'text/csv', size: null, sha256: null },
    ...{ createdAt: 0, expiresAt: 1, received: null },
  },
}
const FILE: ImportRequest = { entity: 'Customer', source: { uploadId: 'u1' } }
const ROW = { company: 'usmf', number: 'C-1', name: 'Ada' }

const read = (request: Partial<ImportRequest> = {}, upload: Answer<Upload> | null = UPLOAD) =>
  readRequest({ ...FILE, ...request }, { mapSet, upload, plan: null, isOfFile: false, actor: 'ada' })

function definitionOf(request: Partial<ImportRequest>) {
  const asked = read(request)
  if (!asked.ok) throw new Error(JSON.stringify(asked.problems))
  return asked.value
}

describe('what is asked for', () => {
  it('says little where little has to be said', () => {
    expect(definitionOf({})).toEqual({
      rows: null,
      definition: {
        target: { kind: 'ENTITY', entity: 'Customer' },
        source: { kind: 'UPLOAD', uploadId: 'u1' },
        format: { name: 'customers.csv', contentType: 'text/csv' },
        columns: { unknown: 'REFUSE', blank: 'LEAVE' },
        ...{
          operation: 'UPSERT',
          matchBy: null,
          atomicity: 'ROW',
          batchRows: null,
          maxFailures: null,
          duplicates: 'FAIL',
        },
        ...{ mode: 'COMMIT', idempotencyKey: null, planHash: null, retryOf: null, after: null, actor: 'ada' },
      },
    })
  })

  it('says all of it', () => {
    const { definition } = definitionOf({
      csv: { delimiter: ';', quote: '', encoding: 'ISO-8859-1', header: ['Firma', 'Nr'] },
      columns: [
        { from: 'Firma', to: 'name' },
        { from: 'Nr', to: 'number' },
      ],
      constants: [{ to: 'company', value: 'usmf' }],
      ...{ unknownColumns: 'IGNORE', blank: 'CLEAR', clearMarker: 'NULL', decimalMark: ',' },
      ...{ operation: 'UPDATE', atomicity: 'BATCH', batchSize: 100, mode: 'DRY_RUN', duplicates: 'LAST_WINS' },
      ...{ maxFailuresPercent: 2.5, idempotencyKey: 'march', matchBy: ['partyNumber'] },
    })
    expect(definition).toMatchObject({
      format: { format: 'CSV', delimiter: ';', quote: null, encoding: 'WINDOWS_1252', header: ['Firma', 'Nr'] },
      columns: {
        ...{ unknown: 'IGNORE', blank: 'CLEAR', clearMarker: 'NULL', decimalMark: ',' },
        columns: [
          { from: 'Firma', to: 'name' },
          { from: 'Nr', to: 'number' },
        ],
        constants: [{ to: 'company', value: 'usmf' }],
      },
      ...{ operation: 'UPDATE', atomicity: 'BATCH', batchRows: 100, mode: 'DRY_RUN', duplicates: 'LAST_WINS' },
      ...{ maxFailures: { kind: 'PERCENT', percent: 2.5 }, idempotencyKey: 'march' },
      matchBy: ['company', 'partyNumber'],
    })
  })

  it('keeps rows given inline, and their digest', () => {
    const one = definitionOf({ source: { rows: [ROW] } })
    const other = definitionOf({ source: { rows: [{ ...ROW, name: 'Eve' }] } })
    expect(one.rows).toEqual([ROW])
    expect(one.definition.source).toMatchObject({ kind: 'INLINE', rows: 1 })
    expect(one.definition.source).not.toEqual(other.definition.source)
  })

  it('goes by the key where the fields to match by are those of the key', () => {
    expect(definitionOf({ matchBy: ['number', 'company'] }).definition.matchBy).toBeNull()
  })

  it('may be a native table, in native columns', () => {
    const native = { system: 'CRM', table: 'accounts' } as const
    const columns = [{ from: 'Name', to: 'name' }]
    expect(definitionOf({ entity: null, native, columns }).definition.target).toEqual({ kind: 'NATIVE', ...native })
  })
})

describe('what is wrong with it is told at the argument', () => {
  const native = { system: 'CRM', table: 'accounts' } as const
  it.each<[string, string, Partial<ImportRequest>]>([
    ['input.entity', 'REQUIRED', { entity: null }],
    ['input.entity', 'UNKNOWN_ENTITY', { entity: 'Custmer' }],
    ['input.entity', 'UNKNOWN_ENTITY', { entity: 'SalesOrderLine' }],
    ['input.native', 'VALIDATION', { native }],
    ['input.native.table', 'UNKNOWN_TABLE', { entity: null, native: { system: 'CRM', table: 'acounts' } }],
    ['input.columns.0.to', 'UNKNOWN_COLUMN', { entity: null, native, columns: [{ from: 'a', to: 'nam' }] }],
    ['input.atomicity', 'VALIDATION', { entity: null, native, atomicity: 'BATCH' }],
    ['input.source.rows', 'VALIDATION', { source: { uploadId: 'u1', rows: [ROW] } }],
    ['input.source.rows', 'REQUIRED', { source: { rows: [] } }],
    ['input.source.rows', 'TOO_MANY_ROWS', { source: { rows: Array.from({ length: 501 }, () => ROW) } }],
    ['input.source.rows.1', 'NOT_AN_OBJECT', { source: { rows: [ROW, ['usmf']] } }],
    ['input.format', 'VALIDATION', { source: { rows: [ROW] }, format: 'CSV' }],
    ['input.csv', 'VALIDATION', { format: 'JSONL', csv: { delimiter: ',' } }],
    ['input.csv.delimiter', 'VALIDATION', { csv: { delimiter: '::' } }],
    ['input.csv.quote', 'VALIDATION', { csv: { quote: '`' } }],
    ['input.csv.encoding', 'VALIDATION', { csv: { encoding: 'EBCDIC' } }],
    ['input.csv.header', 'VALIDATION', { csv: { header: [] } }],
    ['input.csv.header.1', 'UNKNOWN_COLUMN', { csv: { header: ['name', 'nmber'] } }],
    [
      'input.columns.1.to',
      'UNKNOWN_FIELD',
      {
        columns: [
          { from: 'a', to: 'name' },
          { from: 'b', to: 'nmber' },
        ],
      },
    ],
    [
      'input.columns.1.from',
      'MAPPED_TWICE',
      {
        columns: [
          { from: 'a', to: 'name' },
          { from: 'b', to: 'name' },
        ],
      },
    ],
    [
      'input.columns.0.from',
      'UNKNOWN_COLUMN',
      { csv: { header: ['b'] }, columns: [{ from: 'a', to: 'name' }], unknownColumns: 'IGNORE' },
    ],
    ['input.constants.0.to', 'UNKNOWN_FIELD', { constants: [{ to: 'nam', value: 'x' }] }],
    ['input.constants.0.value', 'BAD_CONSTANT', { constants: [{ to: 'creditLimit', value: 'much' }] }],
    ['input.decimalMark', 'VALIDATION', { decimalMark: ';' }],
    ['input.clearMarker', 'VALIDATION', { clearMarker: '' }],
    ['input.batchSize', 'VALIDATION', { batchSize: 5_001 }],
    ['input.maxFailures', 'VALIDATION', { maxFailures: -1 }],
    ['input.maxFailuresPercent', 'VALIDATION', { maxFailuresPercent: 101 }],
    ['input.maxFailuresPercent', 'VALIDATION', { maxFailures: 1, maxFailuresPercent: 1 }],
    ['input.blank', 'VALIDATION', { operation: 'DELETE', blank: 'CLEAR' }],
    ['input.matchBy', 'VALIDATION', { matchBy: ['email'] }],
    ['input.matchBy', 'VALIDATION', { matchBy: ['partyNumber', 'email'] }],
    ['input.matchBy', 'VALIDATION', { matchBy: [] }],
    ['input.matchBy', 'VALIDATION', { matchBy: ['partyNumber'], operation: 'CREATE' }],
    ['input.matchBy', 'VALIDATION', { entity: null, native, matchBy: ['msdyn_partynumber'] }],
    ['input.idempotencyKey', 'VALIDATION', { idempotencyKey: '' }],
    ['input.planHash', 'NOT_FOUND', { planHash: 'abc' }],
  ])('%s: %s for %j', (path, code, request) => {
    expect(refusals(read(request))).toEqual({ [path]: code })
  })

  it('for fields that are not unique with those that are', () => {
    expect(read({ matchBy: ['email', 'phone'] })).toMatchObject({
      problems: [
        {
          message:
            'email and phone are not a unique key of Customer: ' +
            'rows can be matched by company and number, or by company and partyNumber.',
        },
      ],
    })
  })

  it('also of an upload that is gone, or that nobody names', () => {
    const refusal = { code: 'EXPIRED', message: 'The upload has expired. Create another one.' } as const
    expect(refusals(read({}, { ok: false, refusal }))).toEqual({ 'input.source.uploadId': 'EXPIRED' })
    expect(refusals(read({ source: {} }, null))).toEqual({ 'input.source': 'REQUIRED' })
  })

  it('all together', () => {
    const request = {
      entity: 'Custmer',
      csv: { delimiter: '::' },
      decimalMark: ';',
      maxFailures: 1,
      maxFailuresPercent: 1,
    }
    expect(Object.keys(refusals(read(request)))).toEqual([
      ...['input.entity', 'input.csv.delimiter', 'input.decimalMark', 'input.maxFailuresPercent'],
    ])
  })
})
