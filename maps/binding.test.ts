import { describe } from 'vitest'
import { CUSTOMERS, refuses } from './check/world.fixture.ts'

describe('names lead somewhere', () => {
  refuses([
    [
      'of tables',
      [CUSTOMERS, 'table: accounts', 'table: ▸acounts'],
      'The CRM has no table "acounts". Did you mean "accounts"?',
    ],
    [
      'of columns',
      [CUSTOMERS, 'erp: TaxNumber', 'erp: ▸taxnumber'],
      'Customers has no column "taxnumber". Did you mean "TaxNumber"?',
    ],
    [
      'of key columns',
      [CUSTOMERS, 'crm: number', 'crm: ▸numbr'],
      'accounts has no column "numbr". Did you mean "number"?',
    ],
    [
      'of value maps',
      [CUSTOMERS, 'values: language', 'values: ▸langage'],
      'There is no value map "langage". Did you mean "language"?',
    ],
    [
      'of fields that have a column',
      [CUSTOMERS, 'taxGroup: { erp: TaxGroup }', '▸taxGroup: {}'],
      '"taxGroup" names no column: it needs crm, erp or both',
    ],
    [
      'of constants',
      [CUSTOMERS, 'constants: { kind: 3 }', 'constants: { ▸kin: 3 }'],
      'accounts has no column "kin". Did you mean "kind"?',
    ],
    [
      'of steps',
      [CUSTOMERS, 'company.code', '▸company.cod'],
      'companies is referred to by code, not by "cod". Did you mean "code"?',
    ],
    [
      'of steps from references alone',
      [CUSTOMERS, 'crm: name', 'crm: ▸name.code'],
      '"name" is no reference: nothing can follow it',
    ],
    [
      'of entities',
      [CUSTOMERS, 'ref: CustomerGroup', 'ref: ▸CustomerGrop'],
      'No map is of an entity "CustomerGrop". Did you mean "CustomerGroup"?',
    ],
  ])
})
