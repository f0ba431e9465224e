/** Prompts whose natural continuation says again what they say. A number makes each one new, so that nobody answers from an earlier one. */

const file = `class OrderBook:
    def __init__(self, currency):
        self.currency = currency
        self.orders = []

    def add(self, customer, amount):
        if amount <= 0:
            raise ValueError("the amount must be positive")
        self.orders.append({"customer": customer, "amount": amount})

    def total(self):
        return sum(order["amount"] for order in self.orders)

    def largest(self):
        return max(self.orders, key=lambda order: order["amount"])

    def by_customer(self, customer):
        return [order for order in self.orders if order["customer"] == customer]

    def cancel(self, customer):
        self.orders = [order for order in self.orders if order["customer"] != customer]

    def average(self):
        if not self.orders:
            return 0
        return self.total() / len(self.orders)

    def report(self):
        for order in self.orders:
            print(order["customer"], order["amount"], self.currency)
        print("total", self.total(), self.currency)
`;

/** Lines of the edited file that stand there already: with fewer, a small model ends the answer instead of going on. */
const begunLines = 16;

const paragraph =
  'The ferry leaves the northern pier at seven in the morning and returns before noon, unless the wind comes from the east. ' +
  'On such days the captain waits behind the breakwater, reads the barometer twice an hour and lets the passengers drink tea in the ' +
  'old customs house. Nobody complains: the tea is free, the stove is warm, and the windows look out over the whole bay to the lighthouse ' +
  'and the three islands beyond it.';

let issued = 0;

/** A source file, then the same file begun again under another name of its class. */
export function editPrompt(): string {
  issued += 1;
  const edited = file.replaceAll('OrderBook', 'SalesBook');
  const begun = edited.split('\n').slice(0, begunLines).join('\n');
  return [
    `Task ${process.pid}-${issued}: rename the class OrderBook to SalesBook and change nothing else.`,
    `Before:\n\`\`\`python\n${file}\`\`\``,
    `After:\n\`\`\`python\n${begun}\n`,
  ].join('\n\n');
}

/** A paragraph, then its quotation begun. */
export function quotePrompt(): string {
  issued += 1;
  const begun = paragraph.split(' ').slice(0, 8).join(' ');
  return `Letter ${process.pid}-${issued}. It says:\n\n${paragraph}\n\nWord for word, the letter says:\n\n${begun}`;
}
