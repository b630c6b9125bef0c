import { describe, expect, it } from 'vitest'
import { nodeBinary } from '../src/nodes.ts'
import { readOptions } from '../src/options.ts'

describe('options', () => {
  it('default to five processes of every case', () => {
    const options = readOptions([])
    expect(options.filters).toEqual([])
    expect(options.processes).toBe(5)
    expect(options.compare).toBeUndefined()
  })

  it('take words for filters, and for commits after --compare', () => {
    const options = readOptions(['parser', '--compare', 'main', 'HEAD', '--processes', '3'])
    expect(options.filters).toEqual([/parser/])
    expect(options.compare).toEqual(['main', 'HEAD'])
    expect(options.processes).toBe(3)
    expect(readOptions(['--compare', 'main']).compare).toEqual(['main'])
  })

  it('mix in a new order each time, or in that of a seed', () => {
    expect(readOptions([]).seed).toBeUndefined()
    expect(readOptions(['--mixed', '--seed', '7']).seed).toBe(7)
    expect(readOptions(['--mixed']).seed).not.toBe(readOptions(['--mixed']).seed)
  })

  it.each([
    [['--seed', '7'], 'order of --mixed'],
    [['--mixed', '--seed', 'x'], 'not "x"'],
    [['--compare'], 'not 0'],
    [['--compare', 'a', 'b', 'parser'], 'not 3: put filters before it'],
    [['--compare', 'a', '--null'], 'two different runs'],
    [['--write', 'README.md', '--verify'], 'leave out --verify'],
    [['--write', 'README.md', '--processes', '2'], 'three processes'],
    [['--table', '--verify'], 'no numbers'],
    [['--processes', '0'], 'not "0"'],
    [['--processes', 'many'], 'not "many"'],
    [['--no-such-option'], 'no-such-option'],
    [['('], 'regular expression'],
  ])('%j is refused with a sentence', (args, sentence) => {
    expect(() => readOptions(args)).toThrow(sentence)
  })
})

describe('the Node that measures', () => {
  it('is this one, also by its alias', () => {
    const own = { path: process.execPath, version: process.version }
    expect(nodeBinary(undefined)).toEqual(own)
    expect(nodeBinary(`node${process.versions.node.split('.')[0]}`)).toEqual(own)
    expect(nodeBinary(process.execPath)).toEqual(own)
  })

  it('must be there', () => {
    expect(() => nodeBinary('node3')).toThrow('There is no Node at')
    expect(() => nodeBinary('/no/such/node')).toThrow('There is no Node at /no/such/node')
  })
})
