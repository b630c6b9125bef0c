/** Mistakes that the tests must find: each is a change of the source in one place. */
export interface Mutant {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
}

export const mutants: readonly Mutant[] = [
  {
    name: 'the tail is read before the mark',
    file: 'claim.ts',
    from: 'const after = await standing(log)',
    to: 'const after = before',
  },
  {
    name: 'places are assigned by the store',
    file: 'memory.ts',
    from: "if (newest && compare(entry, newest) <= 0) return 'refused'",
    to: '',
  },
  {
    name: 'a producer is never fenced',
    file: 'producer.ts',
    from: "return hasRecords(entry) ? 'fenced' : (endIn(entry.body) ?? 'fenced')",
    to: 'return undefined',
  },
  {
    name: 'a producer is always fenced when refused',
    file: 'producer.ts',
    from: 'if (entry?.epoch === place.epoch && entry.number === place.number && entry.body === body)\n      return undefined',
    to: '',
  },
  {
    name: 'two appends are under way',
    file: 'producer.ts',
    from: 'if (!this.#isAppending) void this.#append()',
    to: 'void this.#append()',
  },
  {
    name: 'an append is repeated under a new number',
    file: 'producer.ts',
    from: 'const answer = await ask(log, () => log.store.append(log.name, place, body, options))',
    to: 'let tries = 0\n    const answer = await ask(log, () => log.store.append(log.name, { ...place, number: place.number + tries++ }, body, options))',
  },
  {
    name: 'a refusal is taken for a failure',
    file: 'producer.ts',
    from: "if (answer !== 'refused') return answer === 'gone' ? 'gone' : undefined",
    to: "if (answer !== 'stored') return 'gone'\n    if (answer === 'stored') return undefined",
  },
  {
    name: 'readers are woken by hints alone',
    file: 'follower.ts',
    from: 'const cancel = this.#log.platform.timer(this.#log.poll, done)',
    to: 'const cancel = (): void => {}',
  },
  {
    name: 'hints are listened for after the read',
    file: 'follower.ts',
    from: 'if (hints === this.#hints && this.#waiters.size > 0) await this.#pause()',
    to: 'if (hints >= 0 && this.#waiters.size > 0) await this.#pause()',
  },
  {
    name: 'reading on includes the last place',
    file: 'place.ts',
    from: 'return { epoch, number: number + 1 }',
    to: 'return { epoch, number }',
  },
  {
    name: 'the id is that of the entry instead of the record',
    file: 'reader.ts',
    from: 'events.push(decode(block, idOf(epoch, number)))',
    to: 'events.push(decode(block, idOf(epoch, entry.number)))',
  },
  {
    name: 'a cursor is trusted',
    file: 'reader.ts',
    from: 'if (!holds && !follows(entry, blocks, cursor)) return false',
    to: '',
  },
  {
    name: 'a hole is passed over',
    file: 'reader.ts',
    from: 'if (!follows(entry, blocks, this.#last))',
    to: 'if (entry.number < this.#last.number)',
  },
  {
    name: 'the end is forgotten when a client comes back with its id',
    file: 'reader.ts',
    from: "number > this.#cursor ? reason : 'end'",
    to: 'reason',
  },
  {
    name: 'there is no lease',
    file: 'follower.ts',
    from: 'else if (this.#quiet >= lease) return this.#lost()',
    to: '',
  },
  {
    name: 'the lease counts while the store is away',
    file: 'follower.ts',
    from: 'if (!wasPrompt) this.#quiet = 0',
    to: 'if (!wasPrompt) this.#quiet += platform.now() - began',
  },
  {
    name: 'the lease counts through slow answers',
    file: 'follower.ts',
    from: 'const wasPrompt = failures === 1 && platform.now() - began <= poll',
    to: 'const wasPrompt = failures === 1',
  },
  {
    name: 'a silent producer does not beat',
    file: 'producer.ts',
    from: 'if (idle >= every) this.#beat()',
    to: '',
  },
  {
    name: 'a stop before the start is forgotten',
    file: 'claim.ts',
    from: "'stopped', true)",
    to: "'stopped', false)",
  },
  {
    name: 'a stop is not felt by a silent producer',
    file: 'producer.ts',
    from: 'log.listen((other) => other !== epoch && this.#beat())',
    to: 'log.listen(() => {})',
  },
  {
    name: 'a seal is two steps',
    file: 'claim.ts',
    from: 'const answer = await ask(log, () => log.store.append(log.name, place, endOf(reason), options))',
    to: "let answer = await ask(log, () => log.store.append(log.name, place, markOf(log.platform.token()), options))\n  if (answer === 'stored') answer = await ask(log, () => log.store.append(log.name, { epoch: place.epoch, number: 1 }, endOf(reason), options))",
  },
  {
    name: 'every append creates the log',
    file: 'producer.ts',
    from: 'const options = { create: false, keep: log.keep }',
    to: 'const options = { create: true, keep: log.keep }',
  },
  {
    name: 'a log of the same name is taken for the same log',
    file: 'reader.ts',
    from: 'epoch === 0 ? entry?.body === this.#generation :',
    to: 'epoch === 0 ? entry :',
  },
  {
    name: 'a reader that lost its place is not told',
    file: 'claim.ts',
    from: 'if (order < 0 || (order === 0 && now.newest.body !== newest.body))',
    to: 'if (order === 0 && now.newest.body !== newest.body)',
  },
  {
    name: 'a reader takes another entry at its place for the one that it has',
    file: 'claim.ts',
    from: 'if (order < 0 || (order === 0 && now.newest.body !== newest.body))',
    to: 'if (order < 0)',
  },
  {
    name: 'the window of a follower slides without saying so',
    file: 'follower.ts',
    from: 'this.#from = oldest\n    }',
    to: '}',
  },
  {
    name: 'a reader keeps listening after it has left',
    file: 'follower.ts',
    from: 'this.#unlisten?.()\n',
    to: '',
  },
  {
    name: 'every takeover moves the epoch by the same number',
    file: 'blocks.ts',
    from: 'LEAST_STEP + (digitsOf(token) % STEPS)',
    to: 'LEAST_STEP',
  },
  {
    name: 'the epoch that a takeover goes on after is not checked',
    file: 'blocks.ts',
    from: 'return isSame || blocks[0] === linkOf(last.epoch).trimEnd()',
    to: 'return isSame || last.epoch > 0',
  },
  {
    name: 'the memory of a follower is believed when it contradicts the log',
    file: 'reader.ts',
    from: 'return this.#isSure ? this.#end(',
    to: 'return this.#last ? this.#end(',
  },
  {
    name: 'a follower that contradicts the log is used again',
    file: 'reader.ts',
    from: 'this.#follower?.markStale()\n',
    to: '',
  },
  {
    name: 'a reader that knows an entry which the store has forgotten waits beyond the end of the log',
    file: 'follower.ts',
    from: 'if (entries.length < PAGE) this.#dropAhead(entries.at(-1) ?? this.#newest)',
    to: '',
  },
  {
    name: 'a reader whose last record was forgotten gets `damaged` instead of starting over',
    file: 'reader.ts',
    from: 'if (!isThere) return this.#reset(idOf(epoch, number))',
    to: '',
  },
  {
    name: 'a reader whose last record the log has starts over',
    file: 'reader.ts',
    from: 'if (!isThere) return this.#reset',
    to: 'if (!isThere || number > 0) return this.#reset',
  },
  {
    name: 'a reader takes a seal for the end, whatever the store has forgotten before it',
    file: 'reader.ts',
    from: 'if (!this.#isSure) return this.#lookBack()',
    to: '',
  },
  {
    name: 'what a follower remembers is taken for one answer of the store',
    file: 'reader.ts',
    from: 'this.#isSure ||= !this.#follower',
    to: 'this.#isSure = true',
  },
  {
    name: 'a reader looks back for ever over more marks than a page has',
    file: 'reader.ts',
    from: 'const isSure = this.#isSure && this.#isBehind',
    to: 'const isSure = false',
  },
  {
    name: 'a client that comes back gets the records of an entry that it has',
    file: 'reader.ts',
    from: 'if (++number > this.#cursor && isEvent(block))',
    to: 'if (++number && isEvent(block))',
  },
  {
    name: 'a reader that starts over leaves out what its cursor had',
    file: 'reader.ts',
    from: 'this.#cursor = 0',
    to: '',
  },
  {
    name: 'a claim that came too late is used',
    file: 'claim.ts',
    from: 'const isLate = after.ended !== undefined || epochOf(after) > place.epoch',
    to: 'const isLate = false',
  },
  {
    name: 'an error of the store is not asked again',
    file: 'patience.ts',
    from: '(error as PermanentError | undefined)?.permanent ||',
    to: 'error ||',
  },
  {
    name: 'a takeover does not notice what the store has forgotten since the claim',
    file: 'producer.ts',
    from: 'return before && compare(before, origin) === 0 ? { last, count } : undefined',
    to: 'return { last, count }',
  },
  {
    name: 'a log without its oldest events is taken over',
    file: 'producer.ts',
    from: 'before ??= { epoch: 0, number: baseOf(entry) }',
    to: 'before ??= origin.epoch === 0 ? origin : undefined',
  },
  {
    name: 'a damaged log is taken over',
    file: 'producer.ts',
    from: 'if (before && !follows(entry, blocks, before)) return undefined',
    to: '',
  },
]
