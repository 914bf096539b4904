import { expect, it } from 'vitest'
import { faultsWith, WORLD, worldWith } from './check/world.fixture.ts'
import { check } from './check.ts'
import { compileMapSet } from './compile.ts'
import { DefinitionError } from './faults.ts'

it('finds no fault in a world without one', () => {
  expect(faultsWith(WORLD)).toEqual([])
})

it('tells every fault of every file at once, in their order, and compiles nothing', () => {
  const { tables, catalog } = worldWith({
    ...WORLD,
    'crm/accounts.yaml': WORLD['crm/accounts.yaml'].replace('references: groups', 'references: group'),
    'maps/customers.yaml': WORLD['maps/customers.yaml']
      .replace('crm: name', 'crm: nam')
      .replace('erp: TaxGroup', 'erp: Tax'),
  })
  const messages = check(tables, catalog).map(({ file, line }) => `${file}:${line}`)
  expect(messages).toEqual([
    'crm/accounts.yaml:13',
    'maps/customers.yaml:10',
    'maps/customers.yaml:16',
    'maps/customers.yaml:17',
    'maps/customers.yaml:25',
  ])
  expect(() => compileMapSet(tables, catalog)).toThrow(DefinitionError)
})
