import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { debianMirrors, debianProgram } from '../src/drivers/debian-unpack.ts'
import { scratch } from './scene.ts'

describe('a program that was unpacked', () => {
  const wanted = {
    title: 'A server',
    package: 'server',
    suites: ['stable'],
    files: ['server'],
    libraries: ['parts'],
  } as const

  function unpacked(...files: string[]): string {
    const folder = mkdtempSync(path.join(scratch, 'unpacked-'))
    writeFileSync(path.join(folder, 'installed.json'), '{"version":"1"}')
    for (const file of ['usr/bin/server', ...files]) {
      mkdirSync(path.join(folder, 'root', path.dirname(file)), { recursive: true })
      writeFileSync(path.join(folder, 'root', file), '')
    }
    return folder
  }

  it('finds the libraries of /usr/lib and those of /lib', () => {
    const loader = 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'
    const folder = unpacked(loader, 'usr/lib/x86_64-linux-gnu/libssl.so.3')
    const { command, args } = debianProgram(wanted, folder)
    const places = ['usr/lib', 'lib'].flatMap((lib) => [
      path.join(folder, 'root', lib, 'x86_64-linux-gnu'),
      path.join(folder, 'root', lib, 'x86_64-linux-gnu/parts'),
    ])
    expect(args.slice(0, 2)).toEqual(['--library-path', places.join(':')])
    expect(command).toBe(path.join(folder, 'root', loader))
  })

  it('needs no folder /lib', () => {
    const loader = 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'
    const folder = unpacked(loader)
    const { args, libraries } = debianProgram({ ...wanted, libraries: [] }, folder)
    expect(args[1]).toBe(path.join(folder, 'root/usr/lib/x86_64-linux-gnu'))
    expect(libraries).toBe(args[1])
  })

  it('without its loader asks for the removal of its folder', () => {
    const folder = unpacked()
    expect(() => debianProgram(wanted, folder)).toThrow(`remove ${folder}`)
  })
})

describe('the mirrors of a machine', () => {
  beforeEach(({ skip }) => skip(!existsSync('/usr/bin/apt-get'), 'There is no apt-get here.'))

  /** What apt reads from these sources, in its format of lines or in that of paragraphs. */
  function mirrorsIn(name: 'sources.list' | 'sources.list.d/a.sources', text: string): string[] {
    const etc = mkdtempSync(path.join(scratch, 'apt-'))
    mkdirSync(path.join(etc, 'sources.list.d'))
    writeFileSync(path.join(etc, name), text)
    return debianMirrors(['-o', `Dir::Etc=${etc}`]).toSorted()
  }

  it('are found in lines, each once', () => {
    const text = `
# deb http://old.example/debian stable main
deb http://one.example/debian bookworm main contrib
deb http://one.example/debian/ bookworm-updates main
deb [arch=amd64,arm64 signed-by=/usr/share/keyrings/x.gpg] https://two.example/debian/ bookworm-updates main
deb-src http://three.example/debian bookworm main
`
    expect(mirrorsIn('sources.list', text)).toEqual([
      'http://one.example/debian',
      'https://two.example/debian',
    ])
  })

  it('are found in paragraphs', () => {
    const text = `
# URIs: http://old.example/debian
Types: deb deb-src
URIs: http://one.example/debian
  http://two.example/debian
Suites: bookworm bookworm-updates
Components: main

Enabled: no
Types: deb
URIs: http://three.example/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://four.example/debian
Suites: bookworm
Components: main
`
    expect(mirrorsIn('sources.list.d/a.sources', text)).toEqual([
      'http://one.example/debian',
      'http://two.example/debian',
    ])
  })

  it('are neither those of security updates, nor disks, nor without `main`', () => {
    const text = `
deb http://one.example/debian bookworm main
deb http://one.example/debian-security bookworm-security main
deb https://vendor.example/linux/debian bookworm stable
deb cdrom:[Debian GNU/Linux]/ bookworm main
deb file:/srv/debian bookworm main
deb mirror+file:/etc/apt/mirrors/debian.list bookworm main
`
    expect(mirrorsIn('sources.list', text)).toEqual([
      'http://one.example/debian',
      'mirror+file:/etc/apt/mirrors/debian.list',
    ])
  })

  it('are missing: a sentence says so', () => {
    expect(() => mirrorsIn('sources.list', '')).toThrow('name no mirror')
  })
})
