import { describe } from 'vitest'
import { ACCOUNTS, CUSTOMERS, refuses, WORLD } from './check/world.fixture.ts'

describe('the shape of a file', () => {
  refuses([
    ['is closed', [CUSTOMERS, 'reads: CRM', '▸raeds: CRM'], 'Unknown key "raeds". Did you mean "reads"?'],
    [
      'is closed in its parts',
      [CUSTOMERS, 'required: true }', '▸require: true }'],
      'Unknown key "require". Did you mean "required"?',
    ],
    ['has required keys', [CUSTOMERS, 'crm: { table: accounts, ', 'crm: ▸{ '], '"table" is missing'],
    [
      'has types',
      [CUSTOMERS, 'required: true }', 'required: ▸"yes" }'],
      '"required" is not right: expected boolean, received string',
    ],
    ['has choices', [CUSTOMERS, 'reads: CRM', 'reads: ▸BOTH'], '"reads" is not right: expected one of "CRM"|"ERP"'],
    [
      'has legal names',
      [CUSTOMERS, '  taxGroup:', '  ▸tax-group:'],
      '"tax-group" must be a name: letters, digits and underscores, not beginning with a digit',
    ],
    [
      'has pairs of values',
      [CUSTOMERS, 'NO: [10, No]', 'NO: ▸[10]'],
      '"NO" must be [CRM value, ERP value], or one value',
    ],
    [
      'refers to one table or to several',
      [ACCOUNTS, 'references: groups', 'references: ▸5'],
      '"references" must be a table, or tables by the value of another column: { by: column, tables: { value: table } }',
    ],
    ['has versions', [CUSTOMERS, '1.0.0', '▸"1.0"'], '"version" must be a version such as 1.0.0'],
    ['is YAML', [CUSTOMERS, 'scope: company\n', 'scope: company\n▸scope: company\n'], 'Map keys must be unique'],
    ['is written out', [CUSTOMERS, 'scope: company', 'scope: ▸*alias'], 'Aliases are not allowed: write the value out'],
    [
      'is one document',
      [CUSTOMERS, 'taxGroup: { erp: TaxGroup }\n', 'taxGroup: { erp: TaxGroup }\n▸---\nmap: more\n'],
      'A file holds one document',
    ],
    ['is not empty', ['values/yesno.yaml', WORLD['values/yesno.yaml'], '▸'], 'The file is empty'],
  ])
})
