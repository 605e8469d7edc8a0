"""Course, module, lesson, question: text to records, records to notebooks."""
