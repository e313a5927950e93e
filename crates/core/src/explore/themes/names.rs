//! Words for groups of photos: what distinguishes a group from the rest.

/// Words of a group, as places in the list of words, best first.
pub type Named = Vec<usize>;

/// Words of a group at most.
const MOST: usize = 3;
/// A further word must be this good, as a part of the best.
const ALMOST: f64 = 0.6;
/// Words whose vectors are nearer than this say the same.
const SAME: f64 = 0.85;

/// Words for a group. `group` and `rest` are means of vectors of photos, `words` unit vectors of sentences with the words, all of
/// the same space. A word is as good as it is near to what the group has more of than the rest, and near to the group itself; both
/// in standard deviations over all words, because sentences and photos lie in different corners of the space.
pub fn words(group: &[f32], rest: &[f32], words: &[Vec<f32>]) -> Named {
    let difference: Vec<f64> = group.iter().zip(rest).map(|(a, b)| f64::from(a - b)).collect();
    let group: Vec<f64> = group.iter().map(|x| f64::from(*x)).collect();
    let product = |a: &[f64], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| a * f64::from(*b)).sum() };
    let apart = standardised(words.iter().map(|word| product(&difference, word)).collect());
    let near = standardised(words.iter().map(|word| product(&group, word)).collect());
    let goodness: Vec<f64> = apart.iter().zip(&near).map(|(apart, near)| apart + 0.5 * near).collect();
    let mut order: Vec<usize> = (0..words.len()).collect();
    order.sort_by(|a, b| goodness[*b].total_cmp(&goodness[*a]).then(a.cmp(b)));
    let mut named: Named = Vec::with_capacity(MOST);
    for word in order {
        let best = named.first().map_or(0.0, |first| goodness[*first]);
        if named.len() == MOST || goodness[word] < ALMOST * best || goodness[word] <= 0.0 {
            break;
        }
        let vector: Vec<f64> = words[word].iter().map(|x| f64::from(*x)).collect();
        if named.iter().all(|earlier| product(&vector, &words[*earlier]) < SAME) {
            named.push(word);
        }
    }
    named
}

fn standardised(values: Vec<f64>) -> Vec<f64> {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let deviation = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    let scale = if deviation > 1e-9 { 1.0 / deviation } else { 0.0 };
    values.into_iter().map(|value| (value - mean) * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_photos_have_is_no_name_and_synonyms_are_said_once() {
        // The first component is in every photo, the second in those of the group only.
        let list = [
            vec![1.0, 0.0, 0.0, 0.0],
            vec![0.0, 1.0, 0.0, 0.0],
            vec![0.1, 0.99, 0.0, 0.0],
            vec![0.0, 0.0, 1.0, 0.0],
            vec![0.0, 0.0, 0.0, 1.0],
        ];
        assert_eq!(words(&[0.3, 0.5, 0.0, 0.1], &[0.9, 0.0, 0.3, 0.1], &list), [1]);
    }

    #[test]
    fn a_group_that_differs_in_nothing_has_no_words_of_its_own_and_nothing_fails() {
        assert_eq!(words(&[0.0, 0.0], &[0.0, 0.0], &[vec![1.0, 0.0], vec![0.0, 1.0]]), [0; 0]);
        assert_eq!(words(&[1.0, 0.0], &[0.0, 0.0], &[]), [0; 0]);
    }
}
