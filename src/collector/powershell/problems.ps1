# What went wrong: told apart by category, error id and HRESULT, never by its localised text.

$HostErrors = New-Object System.Collections.ArrayList

function Get-HResult($record) {
    $exception = $record.Exception
    $said = ''
    while ($null -ne $exception) {
        $code = ([int]$exception.HResult).ToString('X8', $Invariant)
        if ($code -match '^(8007|C03A)' -and $code -ne '80070057') { return $code }
        # Hyper-V often gives the code only inside its text, in every language alike.
        $match = [regex]::Match([string]$exception.Message, '\(0x([0-9A-Fa-f]{8})\)', 'RightToLeft')
        if ($said -eq '' -and $match.Success) { $said = $match.Groups[1].Value.ToUpperInvariant() }
        $exception = $exception.InnerException
    }
    return $said
}

function Get-Cause($record) {
    $code = Get-HResult $record
    $category = [string]$record.CategoryInfo.Category
    $id = [string]$record.FullyQualifiedErrorId
    if ($code -eq '80070005' -or $category -eq 'PermissionDenied' -or $id -like 'AccessDenied*') { return 'denied' }
    if ($code -eq '80070020' -or $category -eq 'ResourceBusy' -or $id -like 'ObjectInUse*') { return 'busy' }
    switch ($code) {
        'C03A000D' { return 'parent-missing' }
        'C03A000E' { return 'parent-mismatch' }
        'C03A000F' { return 'parent-mismatch' }
        'C03A0017' { return 'parent-mismatch' }
        'C03A0016' { return 'denied' }
        'C03A0018' { return 'loop' }
        '80070002' { return 'gone' }
        '80070003' { return 'gone' }
        '80070570' { return 'corrupt' }
    }
    if ($code -match '^C03A00(0[1-9A-C]|1[0-35])$') { return 'corrupt' }
    if ($category -eq 'ObjectNotFound') { return 'gone' }
    return 'other'
}

function Format-Detail($record) {
    if ($record -is [string]) { return $record }
    $text = '{0} [{1}]' -f $record.Exception.Message, $record.FullyQualifiedErrorId
    if ($text.Length -gt 500) { return $text.Substring(0, 500) }
    return $text
}

function New-Problem([string]$code, $record, $target) {
    $detail = $null
    if ($null -ne $record) { $detail = Format-Detail $record }
    return [ordered]@{ code = $code; detail = $detail; target = $target }
}

function Add-HostProblem([string]$code, $record, $target) {
    [void]$HostErrors.Add((New-Problem $code $record $target))
}
