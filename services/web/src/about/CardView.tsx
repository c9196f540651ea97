// The model card: its groups, and each attribute with its value, or with the reason why there is none.
import { useEffect } from 'react';
import { Copyable } from '../parts/Copyable';
import { Notice } from '../parts/Notice';
import { model } from '../strings/model';
import { Measured } from './Measured';
import { type CardAttribute, type CardGroup, countOf, type ModelCard } from './model';
import styles from './Model.module.css';
import { Prose } from './SchemaView';

const say = model.card;

const anchorOf = (group: CardGroup) => `group-${group.id}`;

export function CardView({ card }: { card: ModelCard }) {
  // The place that the address names is there only now.
  useEffect(() => {
    if (location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, []);

  const { all, missing } = countOf(card);
  return (
    <>
      <p>
        {say.lead(card.rule)} {say.count(all, missing)}
      </p>
      <p className={styles.faint}>
        {card.program} · {say.versionNote}
      </p>
      <Copyable label={say.version} text={card.version} />
      <nav aria-label={say.groups}>
        <ul className={styles.contents}>
          {card.groups.map((group) => (
            <li key={group.id}>
              <a href={`#${anchorOf(group)}`}>{group.name}</a>
              <MissingCount of={group} />
            </li>
          ))}
        </ul>
      </nav>
      {card.groups.map((group) => (
        <section key={group.id} id={anchorOf(group)} className={styles.group}>
          <h3>{group.name}</h3>
          <p className={styles.faint}>{say.kinds[group.kind] ?? group.kind}</p>
          {group.attributes.map((attribute) => (
            <Attribute key={attribute.id} attribute={attribute} />
          ))}
        </section>
      ))}
    </>
  );
}

function MissingCount({ of }: { of: CardGroup }) {
  const missing = of.attributes.filter((attribute) => attribute.missing !== null).length;
  return missing > 0 && <span className={styles.faint}> {say.missingCount(missing)}</span>;
}

function Attribute({ attribute: { id, name, value, missing, measured } }: { attribute: CardAttribute }) {
  return (
    <div id={id} className={styles.attribute}>
      <h4>{name}</h4>
      {value !== null && <Prose text={value} />}
      {missing !== null && (
        <Notice title={say.missing}>
          <Prose text={missing} />
        </Notice>
      )}
      {measured.length > 0 && <Measured of={name} figures={measured} level={5} />}
    </div>
  );
}
