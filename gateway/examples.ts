/** The operations that GraphiQL opens with: writes to both systems, a read from both, a rule broken on purpose, changes. */

import { encodeId } from '../maps/identity.ts'
import type { Example } from '../schema/process/http/parts.ts'

/** The amounts are worked out by the ERP; the customer's credit limit leaves room for it many times over. */
export const createOrder: Example = {
  title: 'enter an order with its lines; the ERP works out what it comes to',
  query: `# One mutation, one transaction: the order and its
# lines are in both systems, with the amounts that the
# ERP works out, or nothing is written anywhere.
mutation CreateSalesOrder($input: CreateSalesOrderInput!) {
  createSalesOrder(input: $input) {
    salesOrder {
      id
      number
      status
      totalAmount
      totalTax
      customer { ... on Customer { name creditLimit } }
      lines { edges { node { lineNumber product { name } quantity lineAmount } } }
      revision
      sync
    }
    transaction {
      id
      state
      legs { system state }
    }
    errors { code message path system table column retryable }
  }
}
`,
  variables: {
    input: {
      company: 'usmf',
      customer: { number: 'US-0009' },
      currency: { code: 'USD' },
      salesTaxGroup: 'FULL',
      headerCharges: '9.50',
      lines: [
        { product: { number: 'FA-2030' }, quantity: '2', price: '21.80' },
        { product: { number: 'CL-7030' }, quantity: '3', price: '17.90', discountPercentage: '15' },
      ],
    },
  },
}

export const createCustomer: Example = {
  title: 'create a customer in both systems, or in neither',
  query: `# One mutation, two systems: afterwards the CRM
# and the ERP both hold the customer, or neither does.
mutation CreateCustomer($input: CreateCustomerInput!) {
  createCustomer(input: $input) {
    customer {
      id
      company
      number
      name
      creditLimit
      group { code description }
      revision
      sync
    }
    transaction {
      id
      state
      legs { system state }
    }
    errors { code message path system table column retryable }
  }
}
`,
  variables: {
    input: {
      company: 'usmf',
      name: 'Thistle & Thorn Bakery',
      email: 'hello@thistle-thorn.example',
      group: { code: 'RETAIL' },
      currency: { code: 'USD' },
      paymentTerms: { name: 'NET14' },
      creditLimit: '5000.00',
      salesTaxGroup: 'FULL',
      leadSource: 'WEB',
    },
  },
}

export const listCustomers: Example = {
  title: 'read customers with the fields of both systems',
  query: `# One query, two systems: leadSource is the CRM's
# own field, salesTaxGroup the ERP's.
query Customers($filter: CustomerFilter, $first: Int) {
  customers(filter: $filter, first: $first, orderBy: [{ field: NUMBER, direction: ASC }]) {
    totalCount
    edges {
      node {
        id
        number
        name
        creditLimit
        leadSource
        salesTaxGroup
        group { code description maximumCreditLimit }
        revision
        sync
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  variables: { filter: { company: { eq: 'usmf' } }, first: 10 },
}

/** The customer is on hold (a rule of the CRM), its group allows less credit and shorter terms (rules of the ERP). */
export const breakRule: Example = {
  title: 'break rules of both systems on purpose, and read why',
  query: `# More credit than the customer's group allows, and
# that is not all. Each system says what it refuses;
# nothing is written anywhere.
mutation BreakRule($id: ID!, $input: UpdateCustomerInput!) {
  updateCustomer(id: $id, input: $input) {
    errors { code message path system table column }
    customer {
      number
      name
      creditLimit
      onHold
      group { code maximumCreditLimit }
      revision
    }
    transaction {
      id
      state
      legs { system state lastError }
    }
  }
}
`,
  variables: {
    id: encodeId('Customer', ['usmf', 'US-0016']),
    input: { creditLimit: '1000000.00', paymentTerms: { name: 'NET60' } },
  },
}

export const followOrders: Example = {
  title: 'follow orders as they change in either system',
  query: `# Stays open: run another example in a second tab, or
# write to an order natively, and see it arrive here
# once both systems have it.
subscription FollowOrders($company: String) {
  salesOrderChanged(company: $company) {
    __typename
    cursor
    ... on SalesOrderChange {
      operation
      origin
      systems
      changedFields
      salesOrder {
        number
        status
        totalAmount
        headerCharges
        customer { ... on Customer { name } }
        revision
        sync
      }
    }
  }
}
`,
  variables: { company: 'usmf' },
}

export const EXAMPLES: readonly Example[] = [createOrder, createCustomer, listCustomers, breakRule, followOrders]
