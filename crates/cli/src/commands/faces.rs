//! `kindred faces FILE`: the faces in a picture, of the library or not.

use std::path::PathBuf;

use crate::context::Context;
use crate::failure::Failure;

/// Arguments of `faces`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Any picture file
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let found = context.library()?.faces_in_file(&arguments.file)?;
    context.output.answer(&found, |page| {
        for (number, face) in (1..).zip(&found.faces) {
            let [x, y, width, height] = face.area.map(f32::round);
            let (score, quality) = (face.score, face.quality);
            page.line(format_args!(
                "{number:>4}  {width} × {height} at {x}, {y}  score {score:.2}  quality {quality:.2}"
            ))?;
        }
        Ok(())
    })?;
    Ok(())
}
