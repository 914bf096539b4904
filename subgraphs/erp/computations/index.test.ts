import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadTables } from '../../../maps/load.ts'
import { ERP_COMPUTATIONS } from './index.ts'

it('are exactly the computations that the tables of the ERP name', () => {
  const tables = loadTables('ERP', fileURLToPath(new URL('../tables', import.meta.url)))
  const named = tables.flatMap(({ definition }) => definition.computations)
  expect(new Set(ERP_COMPUTATIONS.map(({ name }) => name))).toEqual(new Set(named))
})
