import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadTables } from '../../../maps/load.ts'
import { ERP_RULES } from './index.ts'

it('are exactly the rules that the tables of the ERP name', () => {
  const tables = loadTables('ERP', fileURLToPath(new URL('../tables', import.meta.url)))
  const named = tables.flatMap(({ definition }) => definition.rules)
  expect(new Set(ERP_RULES.map(({ name }) => name))).toEqual(new Set(named))
})
