import { describe } from 'vitest'
import { ACCOUNTS, refuses } from './world.fixture.ts'

const SALES = 'crm/orders.yaml'
const SALES_LINES = 'crm/orderlines.yaml'
const BY = 'references: { by: customertype, tables: { 1: accounts, 2: contacts } }'

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
      'has the columns that are indexed',
      [ACCOUNTS, 'unique: [[company, taxnumber]]', 'indexed: [[▸taxnumbr]]'],
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

describe('a column that refers to several tables', () => {
  refuses([
    [
      'names tables that exist',
      [SALES, BY, BY.replace('contacts', '▸contact')],
      'The CRM has no table "contact". Did you mean "contacts"?',
    ],
    [
      'names more than one',
      [SALES, BY, 'references: { by: customertype, tables: ▸{ 1: accounts } }'],
      '"tables" must name at least two tables',
    ],
    [
      'is told by a column that exists',
      [SALES, BY, BY.replace('customertype', '▸customertyp')],
      'orders has no column "customertyp". Did you mean "customertype"?',
    ],
    [
      'is told by an enum',
      [SALES, BY, BY.replace('customertype', '▸currency')],
      '"currency" is string: only an enum tells tables apart',
    ],
    ['is told by values that can be', [SALES, BY, BY.replace('2:', '▸3:')], '"3" is no value of customertype'],
    [
      'has a table for every value',
      [SALES, BY, BY.replace('{ 1: accounts, 2:', '▸{ 1: accounts, 3:')],
      'No table is named for 2 of customertype',
    ],
    [
      'is computed as a whole or not at all',
      [
        SALES,
        `${BY} }\n  customertype: {`,
        `${BY.replace('customertype', '▸customertype')} }\n  customertype: { computed: true,`,
      ],
      '"customertype" and "customer" are either both computed or both written',
    ],
  ])
})

describe('a part', () => {
  refuses([
    [
      'names its whole',
      [SALES_LINES, 'partOf: order', 'partOf: ▸ordr'],
      'orderlines has no column "ordr". Did you mean "order"?',
    ],
    [
      'has its whole in its key',
      [SALES_LINES, 'partOf: order', 'partOf: ▸quantity'],
      '"quantity" must be a key column, and not the company',
    ],
    [
      'is no part of its company',
      [SALES_LINES, 'partOf: order', 'partOf: ▸company'],
      '"company" must be a key column, and not the company',
    ],
    [
      'has one whole',
      [SALES_LINES, 'partOf: order', 'partOf: ▸position'],
      '"position" must refer to one table, which holds the wholes',
    ],
    [
      'has the key of its whole and one column more',
      [SALES_LINES, 'key: [company, order, position]', 'key: ▸[company, position, order]'],
      'The key of a part is that of its whole, which is in orders, and one column more',
    ],
    [
      'leaves what computes it to its whole',
      [SALES_LINES, 'partOf: order', 'partOf: order\n▸computations: [lineAmounts]'],
      'What computes a part is named by its whole, orders',
    ],
  ])
})

describe('a computed column', () => {
  const computed = 'state: { type: enum, values: [0, 1], computed: true'
  refuses([
    [
      'is computed by something',
      [SALES, `${computed} }\ncomputations: [orderState]`, 'state: { type: enum, values: [0, 1], ▸computed: true }'],
      '"state" is computed, and orders names no computations',
    ],
    ['is not required', [SALES, computed, `${computed}, ▸required: true`], '"required" does not go with computed'],
    ['is not immutable', [SALES, computed, `${computed}, ▸immutable: true`], '"immutable" does not go with computed'],
    ['has no default', [SALES, computed, `${computed}, default: ▸0`], 'A computed column takes no default'],
    [
      'identifies no record',
      [
        SALES_LINES,
        'key: [company, order, position]\npartOf: order\ncolumns:',
        'key: [company, order, ▸line]\npartOf: order\ncolumns:\n  line: { type: integer, computed: true }',
      ],
      'Key column "line" cannot be computed',
    ],
    [
      'is not unique',
      [SALES, 'key: [company, number]', 'key: [company, number]\nunique: [[▸state]]'],
      '"state" is computed, which cannot be unique',
    ],
  ])
})
