//! In which order are the parts of a page read? In poppler's, unless it breaks a rule that readers keep: what stands
//! above is read before what stands below it, and a left column before the one on its right.

use super::words::Rect;

/// Parts of one page that are compared each with each.
const MAX_PARTS: usize = 500;

/// Space between columns, at least, in points.
const MIN_GUTTER: f32 = 6.0;

/// Parts as wide as this are columns of text; narrower ones may be cells, which are read row by row.
const COLUMN_WIDTH: f32 = 120.0;

/// The order in which the parts at these places are read, as their numbers, and whether it was guessed. They come in
/// poppler's order.
pub(super) fn reading_order(places: &[Rect]) -> (Vec<usize>, bool) {
    let given: Vec<usize> = (0..places.len()).collect();
    if places.len() > MAX_PARTS {
        return (given, true);
    }
    let guessed = overlap(places);
    if is_read_in_order(places) {
        return (given, guessed);
    }
    let mut order = Vec::with_capacity(places.len());
    let clean = arrange(places, given, 0, &mut order);
    (order, guessed || !clean)
}

/// Whether parts lie on one another: then no rule says which is read first.
fn overlap(places: &[Rect]) -> bool {
    let area = |place: Rect| place.width() * place.height();
    places.iter().enumerate().any(|(at, a)| {
        places.iter().skip(at + 1).any(|b| {
            let shared = a.shared_width(*b) * a.shared_height(*b);
            shared > 0.25 * area(*a).min(area(*b))
        })
    })
}

fn is_read_in_order(places: &[Rect]) -> bool {
    places.iter().enumerate().all(|(at, first)| {
        places.iter().skip(at + 1).all(|then| {
            let narrower = first.width().min(then.width());
            let is_above = first.shared_width(*then) > 0.3 * narrower && then.bottom <= first.top + 1.0;
            let lower = first.height().min(then.height());
            let is_left = first.shared_height(*then) > 0.5 * lower && then.right <= first.left;
            let are_columns = narrower >= COLUMN_WIDTH && then.right <= first.left;
            let goes_back = are_columns && then.bottom > first.top && then.top < first.bottom + 12.0;
            !is_above && !is_left && !goes_back
        })
    })
}

/// Puts the parts in order by the white space between them: bands from top to bottom, and in a band columns from left
/// to right. Says whether white space was there wherever it was needed.
fn arrange(places: &[Rect], parts: Vec<usize>, depth: usize, order: &mut Vec<usize>) -> bool {
    if parts.len() < 2 || depth > 32 {
        let clean = parts.len() < 2;
        order.extend(parts);
        return clean;
    }
    let bands = bands(places, &parts);
    if let [band] = bands.as_slice() {
        let columns = columns(places, band);
        if columns.len() < 2 {
            order.extend(parts);
            return false;
        }
        return arrange_all(places, columns, depth, order);
    }
    arrange_all(places, bands, depth, order)
}

/// All of them, also after one whose order was guessed.
fn arrange_all(places: &[Rect], groups: Vec<Vec<usize>>, depth: usize, order: &mut Vec<usize>) -> bool {
    let mut clean = true;
    for group in groups {
        clean &= arrange(places, group, depth + 1, order);
    }
    clean
}

/// A row of parts, or several, with the widths that they cover.
type Band = (Vec<usize>, Vec<(f32, f32)>);

/// Parts with nothing across them in one band: rows between white lines, as many of them as keep a gutter in common.
fn bands(places: &[Rect], parts: &[usize]) -> Vec<Vec<usize>> {
    let mut bands: Vec<Band> = Vec::new();
    for row in rows(places, parts) {
        let mut alone = Vec::new();
        row.iter().for_each(|part| cover(places, *part, &mut alone));
        let Some((band, covered)) = bands.last_mut() else {
            bands.push((row, alone));
            continue;
        };
        let mut both = covered.clone();
        row.iter().for_each(|part| cover(places, *part, &mut both));
        let share = both.len() > 1 && stand_side_by_side(places, band.iter().chain(&row).copied(), &both);
        if share {
            band.extend(row);
            *covered = both;
        } else {
            bands.push((row, alone));
        }
    }
    bands.into_iter().map(|(band, _)| band).collect()
}

/// Parts that no white line parts, from top to bottom.
fn rows(places: &[Rect], parts: &[usize]) -> Vec<Vec<usize>> {
    let placed = |part: usize| places.get(part).copied();
    let mut sorted: Vec<(Rect, usize)> = parts.iter().filter_map(|part| Some((placed(*part)?, *part))).collect();
    sorted.sort_by(|a, b| a.0.top.total_cmp(&b.0.top).then(a.1.cmp(&b.1)));
    let mut rows: Vec<(f32, Vec<usize>)> = Vec::new();
    for (place, part) in sorted {
        match rows.last_mut() {
            // Descenders reach a little into the next line.
            Some((bottom, row)) if place.top < *bottom - 1.0 => {
                *bottom = bottom.max(place.bottom);
                row.push(part);
            }
            _ => rows.push((place.bottom, vec![part])),
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Adds a part to the stretches of the page's width that are covered.
fn cover(places: &[Rect], part: usize, covered: &mut Vec<(f32, f32)>) {
    let Some(place) = places.get(part) else { return };
    let mut whole = (place.left, place.right);
    covered.retain(|(left, right)| {
        let apart = *right + MIN_GUTTER < whole.0 || whole.1 + MIN_GUTTER < *left;
        if !apart {
            whole = (whole.0.min(*left), whole.1.max(*right));
        }
        apart
    });
    let at = covered.partition_point(|(left, _)| *left < whole.0);
    covered.insert(at, whole);
}

/// Whether some of the parts in different stretches stand beside each other, as columns do.
fn stand_side_by_side(places: &[Rect], parts: impl Iterator<Item = usize>, covered: &[(f32, f32)]) -> bool {
    let mut extents: Vec<Option<(f32, f32)>> = vec![None; covered.len()];
    for place in parts.filter_map(|part| places.get(part)) {
        let at = covered.partition_point(|(left, _)| *left <= place.left).saturating_sub(1);
        if let Some(extent) = extents.get_mut(at) {
            let (top, bottom) = extent.unwrap_or((place.top, place.bottom));
            *extent = Some((top.min(place.top), bottom.max(place.bottom)));
        }
    }
    let extents: Vec<(f32, f32)> = extents.into_iter().flatten().collect();
    extents.windows(2).any(|pair| match pair {
        [a, b] => a.1.min(b.1) - a.0.max(b.0) > 0.0,
        _ => false,
    })
}

fn columns(places: &[Rect], parts: &[usize]) -> Vec<Vec<usize>> {
    let mut covered = Vec::new();
    parts.iter().for_each(|part| cover(places, *part, &mut covered));
    let mut columns = vec![Vec::new(); covered.len()];
    for part in parts {
        let Some(place) = places.get(*part) else { continue };
        let at = covered.partition_point(|(left, _)| *left <= place.left).saturating_sub(1);
        if let Some(column) = columns.get_mut(at) {
            column.push(*part);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
        Rect { left, top, right, bottom }
    }

    #[test]
    fn an_order_that_breaks_no_rule_stays() {
        let places = [
            rect(60.0, 50.0, 500.0, 70.0),
            rect(60.0, 100.0, 280.0, 300.0),
            rect(60.0, 320.0, 280.0, 400.0),
            rect(310.0, 100.0, 530.0, 400.0),
        ];
        assert_eq!(reading_order(&places), (vec![0, 1, 2, 3], false));
        assert_eq!(reading_order(&[]), (vec![], false));
    }

    #[test]
    fn columns_are_read_one_after_the_other_below_what_is_across_them() {
        // Right before left, and the title last.
        let places = [
            rect(310.0, 100.0, 530.0, 200.0),
            rect(60.0, 100.0, 280.0, 200.0),
            rect(310.0, 220.0, 530.0, 300.0),
            rect(60.0, 220.0, 280.0, 300.0),
            rect(60.0, 50.0, 500.0, 70.0),
            rect(60.0, 320.0, 530.0, 340.0),
        ];
        assert_eq!(reading_order(&places), (vec![4, 1, 3, 0, 2, 5], false));
    }

    #[test]
    fn paragraphs_of_two_columns_are_not_read_in_turns() {
        let texts = [
            rect(60.0, 100.0, 280.0, 200.0),
            rect(310.0, 100.0, 530.0, 200.0),
            rect(60.0, 206.0, 280.0, 300.0),
            rect(310.0, 206.0, 530.0, 300.0),
        ];
        assert_eq!(reading_order(&texts), (vec![0, 2, 1, 3], false));
        // Names and values are.
        let fields = texts.map(|text| rect(text.left, text.top, text.left + 50.0, text.bottom));
        assert_eq!(reading_order(&fields), (vec![0, 1, 2, 3], false));
    }

    #[test]
    fn a_band_ends_where_something_is_across_its_gutter() {
        let places = [
            rect(310.0, 100.0, 530.0, 200.0),
            rect(60.0, 100.0, 280.0, 200.0),
            rect(60.0, 210.0, 530.0, 230.0),
            rect(60.0, 240.0, 280.0, 300.0),
            rect(310.0, 240.0, 530.0, 300.0),
        ];
        assert_eq!(reading_order(&places), (vec![1, 0, 2, 3, 4], false));
    }

    #[test]
    fn parts_on_one_another_are_a_guess() {
        let over = [rect(60.0, 100.0, 280.0, 200.0), rect(100.0, 120.0, 200.0, 150.0)];
        assert_eq!(reading_order(&over), (vec![0, 1], true));
        let crossed =
            [rect(100.0, 150.0, 300.0, 300.0), rect(60.0, 100.0, 280.0, 200.0), rect(60.0, 20.0, 300.0, 40.0)];
        assert!(reading_order(&crossed).1);
        let many = vec![rect(0.0, 0.0, 1.0, 1.0); MAX_PARTS + 1];
        assert!(reading_order(&many).1);
    }
}
