import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadTables } from '../../../maps/load.ts'
import { CRM_COMPUTATIONS } from './index.ts'

it('are exactly the computations that the tables of the CRM name', () => {
  const tables = loadTables('CRM', fileURLToPath(new URL('../tables', import.meta.url)))
  const named = tables.flatMap(({ definition }) => definition.computations)
  expect(new Set(CRM_COMPUTATIONS.map(({ name }) => name))).toEqual(new Set(named))
})
