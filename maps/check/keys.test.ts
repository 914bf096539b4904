import { describe } from 'vitest'
import { CUSTOMERS, LINES, refuses } from './world.fixture.ts'

describe('the integration key', () => {
  refuses([
    [
      'has the scope of both tables',
      [CUSTOMERS, 'scope: company', 'scope: ▸global'],
      'accounts of the CRM is of scope company',
    ],
    [
      'has the company first',
      [
        CUSTOMERS,
        'company: { crm: company.code, erp: Area, fold: LOWER }\n  number: { crm: number,',
        'number: { crm: ▸number, erp: Account }\n  company: { crm: company,',
      ],
      'The first key field is the company, which accounts keeps in company',
    ],
    [
      'covers the key of both tables',
      [CUSTOMERS, 'key:\n  company: { crm: company.code, erp: Area, fold: LOWER }\n', '▸key:\n'],
      'The key of accounts has company too: no key field is bound to it',
    ],
    [
      'binds a column once',
      [CUSTOMERS, 'crm: number, erp: Account', 'crm: number, erp: ▸Area'],
      '"Area" is bound to a key field already',
    ],
    [
      'is unique on both sides',
      [CUSTOMERS, 'crm: number, erp: Account', 'crm: ▸taxnumber, erp: Account'],
      '"taxnumber" is not in the key of accounts, so it is not unique',
    ],
    [
      'is immutable on both sides',
      [CUSTOMERS, 'crm: number, erp: Account', 'crm: ▸taxnumber, erp: Account'],
      '"taxnumber" of accounts must be immutable',
    ],
    [
      'is text or a whole number',
      [CUSTOMERS, 'crm: number, erp: Account', 'crm: ▸kind, erp: Account'],
      '"kind" of accounts is enum: a key is a string or an integer',
    ],
    [
      'draws numbers with zeros',
      [CUSTOMERS, '"C-{000000}"', '▸"C-000000"'],
      'A number sequence holds one group of zeros, as in "C-{000000}"',
    ],
    [
      'draws numbers that fit',
      [CUSTOMERS, '"C-{000000}"', '▸"Customers-{000000000000}"'],
      'Its numbers have 22 characters, too long for accounts',
    ],
    [
      'draws no company',
      [CUSTOMERS, 'fold: LOWER', 'fold: LOWER, sequence: ▸"{00}"'],
      'A company is not drawn from a sequence',
    ],
    [
      'is of one type on both sides',
      [CUSTOMERS, 'crm: company.code, erp: Area', 'crm: kind, erp: ▸Area'],
      '"kind" is enum and "Area" is string: a key field has one type',
    ],
    [
      'has a company that is text',
      [LINES, 'company: { crm: company, erp: Area', 'company: { crm: ▸position, erp: LineNo'],
      'The company is a string',
    ],
    ['folds text alone', [LINES, 'erp: LineNo }', 'erp: LineNo, ▸fold: UPPER }'], '"fold" is for text'],
    ['draws text alone', [LINES, 'erp: LineNo }', 'erp: LineNo, ▸sequence: "{000}" }'], '"sequence" is for text'],
  ])
})
