// What a quote stands on: who issued the document, when, how strong it is in its own words, and whether it still stands.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Citation, DocumentView, Evidence, HeldDocument } from '../api/types';
import { Disclosure } from '../parts/Disclosure';
import { Notice } from '../parts/Notice';
import { literature, reader } from '../strings';
import { documentLinks } from '../text/links';
import styles from './Basis.module.css';
import { isInForce, standingOf } from './standing';

const words = reader.basis;

interface BasisProps {
  document: HeldDocument;
  evidence: Evidence | null;
  citation: Citation | null;
  /** Of its headings: one below the title of the reader. */
  level: 2 | 3;
}

export function Basis({ document, evidence, citation, level }: BasisProps) {
  const links = documentLinks(document);
  const standing = standingOf({ status: document.status, is_in_force: isInForce(document) });
  return (
    <section className={styles.basis} aria-label={words.title}>
      <Standing document={document} />
      <dl className={styles.facts}>
        <Fact name={words.issuer}>{document.issuer}</Fact>
        <Fact name={words.published}>{document.published ?? words.undated}</Fact>
        <Fact name={words.version}>{words.versionOf(document.version, document.versions.length)}</Fact>
        <Fact name={words.kind}>{literature.kinds[document.kind]}</Fact>
        <Fact name={words.standing}>{standing}</Fact>
        <Fact name={words.jurisdiction}>{document.jurisdiction}</Fact>
        <Fact name={words.held}>{literature.access[document.access]}</Fact>
        <Fact name={words.grade}>{document.grade ? words.gradeAsStated(document.grade) : words.noGrade}</Fact>
        {evidence && evidence.section.length > 0 && (
          <Fact name={words.section}>
            {evidence.section.join(' › ')}
            {evidence.page != null && `, ${words.page(evidence.page)}`}
          </Fact>
        )}
        {citation && <Fact name={words.citation}>{citation.secondhand ? words.secondhand : words.primary}</Fact>}
        <Fact name={words.identifiers}>
          {links.length === 0 && words.none}
          {links.map(({ label, text, href }) => (
            <span key={label} className={styles.link}>
              {label}{' '}
              {href ? (
                <a href={href} target="_blank" rel="noreferrer">
                  {text}
                </a>
              ) : (
                text
              )}
            </span>
          ))}
        </Fact>
      </dl>
      {document.metadata.notice && <p className={styles.notice}>{document.metadata.notice}</p>}
      <Disclosure title={words.more} level={level}>
        <More document={document} />
      </Disclosure>
    </section>
  );
}

/** Whatever keeps a version from being simply relied on is said loudly. */
function Standing({ document }: { document: DocumentView }) {
  const { status, version, versions } = document;
  const current = versions.find((one) => one.is_in_force && one.number !== version);
  const doubt = doubtOf(document, current);
  return (
    <>
      {doubt && (
        <Notice tone={status === 'retracted' || status === 'withdrawn' ? 'stop' : 'warn'} title={doubt.title} live="alert">
          <p>{doubt.text}</p>
          {current && (
            <p>
              <Link to="/documents/$id" params={{ id: document.id }} search={{ version: String(current.number) }}>
                {reader.openVersion(current.number)}
              </Link>
            </p>
          )}
        </Notice>
      )}
      {document.access === 'abstract_only' && <Notice tone="warn">{reader.abstractOnly}</Notice>}
    </>
  );
}

/** Why a version is not simply to be relied on; null where it is. Only a newer one supersedes: else the library went back. */
function doubtOf(
  { status, version, versions }: DocumentView,
  current: DocumentView['versions'][number] | undefined,
): { title: string; text: string } | null {
  if (status === 'current') return isInForce({ version, versions }) ? null : reader.notInForce;
  const isReplaced = current !== undefined && current.number > version;
  return status === 'superseded' && !isReplaced ? reader.notInForce : reader.standing[status];
}

function More({ document }: { document: HeldDocument }) {
  const { metadata, versions, sha256, digest } = document;
  return (
    <dl className={styles.facts}>
      <Fact name={words.licence}>{metadata.licence ?? words.noLicence}</Fact>
      {metadata.authors.length > 0 && <Fact name={words.authors}>{metadata.authors.join(', ')}</Fact>}
      {metadata.sources.length > 0 && (
        <Fact name={words.sources}>
          <ul className={styles.list}>
            {metadata.sources.map((source) => (
              <li key={`${source.title}-${source.year}`}>
                {[source.title, source.issuer, source.year].filter(Boolean).join(', ')}
              </li>
            ))}
          </ul>
        </Fact>
      )}
      <Fact name={words.versions}>
        <ul className={styles.list}>
          {versions.map((version) => (
            <li key={version.number}>
              <Link to="/documents/$id" params={{ id: document.id }} search={{ version: String(version.number) }}>
                {version.number}
              </Link>
              , {version.published ?? words.undated}, {standingOf(version)}
            </li>
          ))}
        </ul>
      </Fact>
      <Fact name={words.checksum}>
        <code title={sha256}>{sha256.slice(0, 16)}…</code>{' '}
        {digest === sha256 ? words.checksumHolds : digest === null ? words.checksumUnknown : words.checksumFails}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
