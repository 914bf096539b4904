import { describe } from 'vitest'
import { ACCOUNTS, refuses } from './world.fixture.ts'

describe('a table', () => {
  refuses([
    [
      'has a name of its own',
      ['crm/groups.yaml', 'table: groups', 'table: ▸accounts'],
      'Table "accounts" is defined in crm/accounts.yaml already',
    ],
    [
      'has the columns of its key',
      [ACCOUNTS, 'key: [company, number]', 'key: [company, ▸numbr]'],
      'accounts has no column "numbr". Did you mean "number"?',
    ],
    [
      'has each column in its key once',
      [ACCOUNTS, 'key: [company, number]', 'key: [company, number, ▸number]'],
      '"number" is in the key twice',
    ],
    [
      'requires its key',
      [ACCOUNTS, '  number: { type: string, maxLength: 20, required: true', '  ▸number: { type: string, maxLength: 20'],
      'Key column "number" must be required',
    ],
    [
      'is not known by what it generates',
      [ACCOUNTS, 'key: [company, number]', 'key: [company, ▸accountid]'],
      'Key column "accountid" cannot be generated',
    ],
    [
      'names its company where it has one',
      [ACCOUNTS, 'scope: company\ncompany: company', 'scope: ▸company'],
      'A company-bound table names its company column',
    ],
    [
      'has no company where it is global',
      ['crm/companies.yaml', 'scope: global', 'scope: global\ncompany: ▸code'],
      'A global table has no company column',
    ],
    [
      'has the company first in its key',
      [ACCOUNTS, 'company: company', 'company: ▸number'],
      'The company column must be the first of the key, which is "company"',
    ],
    [
      'has the columns that are unique',
      [ACCOUNTS, '[[company, taxnumber]]', '[[company, ▸taxnumbr]]'],
      'accounts has no column "taxnumbr". Did you mean "taxnumber"?',
    ],
    [
      'has no unique json',
      [ACCOUNTS, '[[company, taxnumber]]', '[[company, ▸extra]]'],
      '"extra" is json, which cannot be unique',
    ],
    [
      'gives lengths to strings',
      [ACCOUNTS, 'listed: { type: boolean', 'listed: { type: boolean, ▸maxLength: 3'],
      '"maxLength" is for string columns',
    ],
    [
      'gives decimals a precision and a scale',
      [ACCOUNTS, '  credit: { type: decimal, precision: 16, scale: 2,', '  ▸credit: { type: decimal, precision: 16,'],
      'Decimal column "credit" needs precision and scale',
    ],
    [
      'has no more places than digits',
      [ACCOUNTS, 'precision: 16, scale: 2', 'precision: 1, scale: ▸2'],
      'The scale exceeds the precision, which is 1',
    ],
    [
      'gives enums values',
      [ACCOUNTS, '  hold: { type: enum, values: [10, 11] }', '  ▸hold: { type: enum }'],
      'Enum column "hold" needs values',
    ],
    [
      'has enums of one kind',
      [ACCOUNTS, 'values: [10, 11]', 'values: ▸[10, Eleven]'],
      'The values of an enum are all names or all whole numbers',
    ],
    ['has each value of an enum once', [ACCOUNTS, 'values: [10, 11]', 'values: [10, 11, ▸10]'], '10 is there twice'],
    [
      'generates guids alone',
      [ACCOUNTS, 'name: { type: string', 'name: { ▸generated: true, type: string'],
      '"generated" is for guid columns',
    ],
    [
      'generates what has no default',
      [ACCOUNTS, 'generated: true }', 'generated: true, default: ▸x }'],
      'A generated column takes no default',
    ],
    [
      'has defaults that fit',
      [ACCOUNTS, 'default: "0.00"', 'default: ▸"0.001"'],
      'credit takes at most 2 decimal places',
    ],
    [
      'refers to tables',
      [ACCOUNTS, 'references: groups', 'references: ▸group'],
      'The CRM has no table "group". Did you mean "groups"?',
    ],
    [
      'refers by the type of the key',
      [ACCOUNTS, 'born: { type: date', 'born: { type: date, references: ▸groups'],
      'groups.code is string, and this is date',
    ],
    [
      'has a company to refer by',
      ['crm/companies.yaml', 'immutable: true }', 'immutable: true, references: ▸groups }'],
      'A global record has no company to find one of groups by',
    ],
    [
      'refers by one value',
      [
        'crm/companies.yaml',
        'key: [code]\ncolumns:',
        'key: [code, part]\ncolumns:\n  part: { type: string, required: true, references: ▸companies }',
      ],
      'companies has no one key column besides the company to refer to it by',
    ],
  ])
})
