import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { recordKeyOf } from '../../schema/record-key.ts'
import { loadTables } from '../load.ts'
import { sampleCompanies, sampleRows } from './crm-rows.ts'
import { sampleWrites } from './sample.ts'

const TABLES = new Map(
  loadTables('CRM', fileURLToPath(new URL('../../subgraphs/crm/tables', import.meta.url))).map(({ definition }) => [
    definition.table,
    definition,
  ]),
)

describe('the sample rows of the CRM', () => {
  const rows = [...sampleCompanies(), ...sampleRows()]

  it('have a key and hold columns of their tables', () => {
    for (const { table, row } of rows) {
      const definition = TABLES.get(table)
      expect(Object.keys(definition?.columns ?? {})).toEqual(expect.arrayContaining(Object.keys(row)))
      expect(definition === undefined ? null : recordKeyOf(definition, row)).not.toBeNull()
    }
  })

  it('name the companies of every synchronised record', () => {
    const codes = sampleCompanies().map(({ row }) => row['cdm_companycode'])
    const used = sampleWrites().flatMap(({ input }) => input['company'] ?? [])
    expect(new Set(used)).toEqual(new Set(codes))
  })

  it('are about accounts that are there', () => {
    const numbers = sampleWrites().map(({ input }) => input['number'])
    for (const { row } of sampleRows()) expect(numbers).toContain(row['regardingobjectid'])
  })
})
