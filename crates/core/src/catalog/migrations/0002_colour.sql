-- The photo's mean colour in sRGB, 0xRRGGBB: what stands in its place until its thumbnail is there. NULL for photos that
-- were not read yet; those that an older version has read get theirs from their thumbnails.
ALTER TABLE photos ADD COLUMN colour INTEGER;
